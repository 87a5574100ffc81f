import { expect, test } from 'vitest';
import { csvLine, csvOf, type Cell } from '../src/csv.ts';

/** The cells of a line, as a spreadsheet reads them (RFC 4180). */
function readLine(line: string): string[] {
  const cells: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  for (let match = cell.exec(line); match; match = cell.exec(line)) {
    cells.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '\r\n') break;
  }
  return cells;
}

test.each(['=', '+', '-', '@', '\t', '\r', '"=', ',='])(
  'T34: a cell that begins with %j begins with an apostrophe',
  (prefix) => {
    const [cell = ''] = readLine(csvLine([`${prefix}cmd|' /C calc'!A0`]));
    expect(cell.charAt(0)).toBe("'");
  },
);

test.each(['x",=1+1', 'x;=1+1', 'x\n=1+1', 'x\r\n@SUM(1)', "x',+1", 'x|-1', 'x\t=1', 'x,\uFF1D1'])(
  'T34: within %j nothing that follows a quote or separator begins a formula',
  (text) => {
    expect(csvLine([text])).not.toMatch(/[",;|\t\r\n][=+\-@\uFF1D]/);
  },
);

test.each<[Cell, string]>([
  ['plain', 'plain'],
  ['with, comma', '"with, comma"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\nlines', '"two\nlines"'],
  [' edge ', '" edge "'],
  ['a-b=c', 'a-b=c'],
  ['', ''],
  [null, ''],
  [-5, '-5'],
  [true, 'true'],
  ['Größe', 'Größe'],
])('the cell %j is written %j', (cell, written) => {
  expect(csvLine([cell])).toBe(`${written}\r\n`);
});

test('a line is read back as it was', () => {
  const cells = ['a', 'b, c', 'd "e"', 'f\r\ng', '', 'h'];
  expect(readLine(csvLine(cells))).toEqual(cells);
});

test('a table begins with a byte order mark and its columns, and comes page by page', async () => {
  async function* pages() {
    yield [['1', 2]];
    yield [
      ['3', 4],
      ['5', 6],
    ];
  }
  const chunks: string[] = [];
  for await (const chunk of csvOf(['a', 'b'], pages())) chunks.push(chunk);
  expect(chunks).toEqual(['\uFEFFa,b\r\n', '1,2\r\n', '3,4\r\n5,6\r\n']);
});
