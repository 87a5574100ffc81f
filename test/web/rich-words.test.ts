import { describe, expect, it } from 'vitest';
import { htmlOf, linkOf, nameBegun, namesFor, toSend, wordsOf } from '../../web/lib/rich-words.ts';

describe('what is written in the editor', () => {
  it.each([
    ['a\n\nb\nc', '<p>a</p><p>b<br>c</p>'],
    ['1 < 2 & 3 > 2', '<p>1 &lt; 2 &amp; 3 &gt; 2</p>'],
    ['', '<p></p>'],
  ])('is text as long as nothing is formatted: %j', (text, html) => {
    expect(htmlOf({ text, html: null })).toBe(html);
    expect(wordsOf(html, text)).toEqual({ text, html: null });
  });

  it('is html as soon as something is', () => {
    for (const html of [
      '<p>a <strong>b</strong></p>',
      '<ul><li><p>a</p></li></ul>',
      '<p><a href="https://a.example">a</a></p>',
    ])
      expect(wordsOf(html, 'a')).toEqual({ text: 'a', html });
    expect(wordsOf('<ul><li><p></p></li></ul>', ' ')).toEqual({ text: '', html: null });
  });

  it('is sent without the empty lines round it', () => {
    expect(toSend({ text: ' a \n', html: null })).toEqual({ body: 'a' });
    expect(toSend({ text: 'a', html: '<p></p><p><b>a</b></p><p></p><p>c</p><p></p>' })).toEqual({
      body_html: '<p><b>a</b></p><p></p><p>c</p>',
    });
  });
});

describe('the address of a link', () => {
  it.each([
    ['intranet.example/a', 'https://intranet.example/a'],
    [' http://a.example ', 'http://a.example'],
    ['ana@maravia.example', 'mailto:ana@maravia.example'],
    ['mailto:ana@maravia.example', 'mailto:ana@maravia.example'],
    ['javascript:alert(1)', null],
    ['JAVASCRIPT:alert(1)', null],
    ['data:text/html,x', null],
    ['https://', null],
    ['two words', null],
    ['', null],
  ])('%j leads to %j', (written, href) => {
    expect(linkOf(written)).toBe(href);
  });
});

describe('a name that is begun', () => {
  it.each([
    ['Ask @', ''],
    ['@mar', 'mar'],
    ['(@Über', 'Über'],
    ['ana@maravia', null],
    ['@marta and', null],
  ])('in %j is %j', (line, query) => {
    expect(nameBegun(line)).toBe(query);
  });

  it('offers those it fits, each by a name that means them alone', () => {
    const people = [
      { id: 1, name: 'Marta Kowalska', email: 'marta@a.example' },
      { id: 2, name: 'Jonas Berg', email: 'jonas@a.example' },
      { id: 3, name: 'Jonas Kurz', email: 'jonas@b.example' },
    ];
    expect(namesFor(people, 'k').map(({ id, call }) => [id, call])).toEqual([
      [1, 'marta'],
      [3, 'jonas@b.example'],
    ]);
    expect(namesFor(people, 'JON').map(({ call }) => call)).toEqual(['jonas@a.example', 'jonas@b.example']);
  });
});
