import { expect, test } from 'vitest';
import { wrapText } from '../../../src/mail/outbound/wrap-text.ts';

const long = 'word '.repeat(30).trim();

test.each([
  ['a short line stays as it is', 'one  two', 'one  two'],
  ['the mark of a signature keeps its space', '-- \nMarta', '-- \nMarta'],
  ['line ends become one kind', 'a\r\nb\rc', 'a\nb\nc'],
  [
    'a word that is too long stays whole',
    `see https://x.example/${'a'.repeat(90)} now`,
    `see\nhttps://x.example/${'a'.repeat(90)}\nnow`,
  ],
])('%s', (_, text, wrapped) => {
  expect(wrapText(text)).toBe(wrapped);
});

test.each(['', '> ', '> > ', '    '])('no line is longer than 72 and each keeps the beginning %j', (prefix) => {
  const lines = wrapText(prefix + long).split('\n');
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines) {
    expect(line.length).toBeLessThanOrEqual(72);
    expect(line.startsWith(`${prefix}word`)).toBe(true);
  }
});
