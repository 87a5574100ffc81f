import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderMarkdown } from '../../src/knowledge/render-markdown.ts';

test('headings below the one of the page, lists, tables, code and links are shown', () => {
  expect(renderMarkdown('# One\n\n1. `a < b`\n2. **Do** ~~not~~\n\n| x | y |\n|---|---|\n| 1 | 2 |')).toBe(
    '<h2>One</h2>\n<ol>\n<li><code>a &lt; b</code></li>\n<li><strong>Do</strong> <s>not</s></li>\n</ol>\n' +
      '<table>\n<thead>\n<tr>\n<th>x</th>\n<th>y</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>\n',
  );
  expect(renderMarkdown('See https://vpn.maravia.example/help')).toContain(
    '<a href="https://vpn.maravia.example/help" rel="noopener noreferrer nofollow" target="_blank">',
  );
});

test('headings follow one another without a gap, whatever their marks, so that readers that jump by them miss none', () => {
  const ranks = (text: string) => renderMarkdown(text).match(/<h\d/g);
  expect(ranks('## a\n\n#### b\n\n### c\n\n## d\n\n# e\n\ng\n===')).toEqual(['<h2', '<h3', '<h3', '<h2', '<h2', '<h2']);
  expect(renderMarkdown('### a')).toBe('<h2>a</h2>\n');
});

test.each([
  ['<script>alert(1)</script>', '<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>'],
  ['<img src=x onerror=alert(1)>', '<p>&lt;img src=x onerror=alert(1)&gt;</p>'],
  ['![spy](https://spy.example/a.png)', '<p>!<a href="https://spy.example/a.png"'],
  ['[x](javascript:alert(1))', '<p>[x](javascript:alert(1))</p>'],
  ['[x](  JaVaScRiPt&colon;alert(1))', '<p>[x]('],
  ['[x](data:text/html;base64,PHNjcmlwdD4=)', '<p>[x](data:'],
  ['[x](//spy.example)', '<p><a rel='],
  ['[x](https://a.example "\\" onmouseover=\\"alert(1)")', '<p><a href="https://a.example" rel='],
])('%s runs nothing and fetches nothing', (text, shown) => {
  expect(renderMarkdown(text)).toContain(shown);
});

test('whatever is written, the page gets elements of the list only, none of them with a handler or a style', () => {
  const pieces = fc.constantFrom(
    ...'<>[]()!`*_#|\\"\'&:/ \n'.split(''),
    'script',
    'a',
    'javascript:',
    'onerror=',
    'style=',
    '<svg',
    'x',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
      const tags = renderMarkdown(parts.join('')).match(/<[^>]*>/g) ?? [];
      for (const tag of tags)
        expect(tag).toMatch(
          /^<\/?(p|br|strong|em|s|ul|ol( start="\d+")?|li|blockquote|code|pre|h[2-6]|hr|table|thead|tbody|tr|th|td|a)( href="(https?|mailto):[^"]*")?( rel="noopener noreferrer nofollow" target="_blank")?( \/)?>$/,
        );
    }),
    { numRuns: 500 },
  );
});

test('what is nested without end is shown in no time', () => {
  const began = performance.now();
  for (const text of ['>'.repeat(20_000), '['.repeat(20_000), '*'.repeat(20_000), '- '.repeat(20_000)])
    renderMarkdown(text);
  expect(performance.now() - began).toBeLessThan(3000);
});
