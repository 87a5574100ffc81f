import { expect, test } from 'vitest';
import { cleanFilename } from '../../src/files/clean-filename.ts';

test.each([
  ['../../etc/passwd', 'passwd'],
  ['..\\..\\boot.ini', 'boot.ini'],
  ['\u200b.htaccess', 'htaccess'],
  ['a\0.png', 'a.png'],
  ['evil\u202egnp.exe', 'evilgnp.exe'],
  ['two\r\nlines.txt', 'twolines.txt'],
  ['CON', '_CON'],
  ['nul.txt', '_nul.txt'],
  ['  spaced   out .pdf', 'spaced out .pdf'],
  ['a<b>:c|?.txt', 'a_b__c__.txt'],
  ['e\u0301.txt', 'é.txt'],
  ['', 'attachment'],
  ['...', 'attachment'],
])('T13: %j is shown as %j', (name, clean) => {
  expect(cleanFilename(name)).toBe(clean);
});

test('T13: a name of 4 KB keeps its ending and fits into 200 bytes', () => {
  const clean = cleanFilename(`${'ä'.repeat(4096)}.pdf`);
  expect(Buffer.byteLength(clean)).toBeLessThanOrEqual(200);
  expect(clean.endsWith('.pdf')).toBe(true);
});
