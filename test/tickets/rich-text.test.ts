import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanRichText, isNestedTooDeep, textOfRichText } from '../../src/tickets/rich-text.ts';

const textOf = (html: string) => (isNestedTooDeep(html) ? null : textOfRichText(cleanRichText(html)));

describe('html of an editor', () => {
  test.each([
    ['paragraphs', '<p>One</p><p>Two<br>lines</p>', 'One\n\nTwo\nlines'],
    ['lines in div, as some editors wrap them', '<div>One</div><div>Two</div>', 'One\n\nTwo'],
    ['a list', '<p>Do:</p><ul><li>this</li><li>that<br>slowly</li></ul>', 'Do:\n\n- this\n- that\n  slowly'],
    [
      'a numbered list in a list',
      '<ul><li>a<ol><li>one</li><li>two</li></ol></li><li>b</li></ul>',
      '- a\n  1. one\n  2. two\n- b',
    ],
    ['a quotation', '<blockquote><p>So</p><p>it was</p></blockquote><p>No.</p>', '> So\n>\n> it was\n\nNo.'],
    ['a block of code', '<pre><code>if (a &lt; b)\n  go();</code></pre>', 'if (a < b)\n  go();'],
    ['emphasis', '<p>Not <strong>now</strong>,<em> never</em></p>', 'Not now, never'],
    ['a link', '<p>See <a href="https://a.example/x">the page</a>.</p>', 'See the page <https://a.example/x>.'],
    ['a link that says where it leads', '<a href="https://a.example">https://a.example</a>', 'https://a.example'],
    ['a link to an address', '<a href="mailto:a@b.example">a@b.example</a>', 'a@b.example'],
    ['a heading and a rule', '<h2>Why</h2><hr><p>So</p>', 'Why\n\n---\n\nSo'],
    ['entities', '<p>&lt;b&gt; &amp; &quot;c&quot;</p>', '<b> & "c"'],
    ['words without any element', 'Only words', 'Only words'],
    ['a table pasted into it', '<table><tr><td>a</td><td>b</td></tr></table>', 'ab'],
    ['nothing', '<p><br></p><p> </p>', ''],
  ])('%s becomes text that reads the same', (_, html, text) => {
    expect(textOf(html)).toBe(text);
  });

  const word = fc.stringMatching(/^[a-zäß0-9]{1,8}$/);
  const { tree } = fc.letrec<{ tree: string; leaf: string }>((tie) => ({
    leaf: word.map((text) => ` ${text} `),
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      tie('leaf'),
      fc
        .tuple(
          fc.constantFrom('p', 'b', 'ul', 'ol', 'li', 'blockquote', 'pre', 'h2', 'code', 'em', 'div', 'span', 'td'),
          fc.array(tie('tree'), { maxLength: 4 }),
        )
        .map(([name, children]) => `<${name}>${children.join('')}</${name}>`),
    ),
  }));

  test('every word of any html is in the text, in its order', () => {
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 6 }), (parts) => {
        const html = parts.join('');
        const words = (text: string) => text.match(/[a-zäß0-9]+/g) ?? [];
        const expected = words(html.replace(/<[^>]*>/g, ' '));
        // Marks of numbered lists are ours.
        const said = words((textOf(html) ?? '').replace(/(^|(?<=[ >\n]))\d+\. /gm, ' '));
        expect(said).toEqual(expected);
      }),
    );
  });

  test('clean html stays as it is', () => {
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 6 }), (parts) => {
        const clean = cleanRichText(parts.join(''));
        expect(cleanRichText(clean)).toBe(clean);
      }),
    );
  });

  test('nested deeper than anybody writes is no text, and costs nothing', () => {
    expect(textOf('<blockquote>'.repeat(41) + 'x')).toBeNull();
    expect(textOf('<b>'.repeat(60_000) + 'x')).toBeNull();
    expect(cleanRichText('<b>'.repeat(60_000) + 'x')).toBe('');
    expect(textOf('<p>x<br>'.repeat(2000))).toMatch(/^(x\n\n){1999}x$/); // lines are not depth
  });
});
