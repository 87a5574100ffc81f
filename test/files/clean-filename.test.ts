import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleanFilename } from '../../src/files/clean-filename.ts';

test.each<[string, string]>([
  ['report.pdf', 'report.pdf'],
  ['Bericht über Öl.pdf', 'Bericht über Öl.pdf'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\Users\\ana\\secret.txt', 'secret.txt'],
  ['/', 'attachment'],
  ['', 'attachment'],
  ['...', 'attachment'],
  ['.htaccess', 'htaccess'],
  ['a\u0000b\r\nc.txt', 'abc.txt'],
  ['invoice\u202Efdp.exe', 'invoicefdp.exe'],
  ['zero\u200Bwidth\uFEFF.txt', 'zerowidth.txt'],
  ['line\u2028break.txt', 'linebreak.txt'],
  ['<script>"x"|*?.html', '_script__x____.html'],
  ['name. . ', 'name'],
  ['CON', '_CON'],
  ['nul.txt', '_nul.txt'],
  ['com1.log', '_com1.log'],
  ['console.log', 'console.log'],
  ['e\u0301.txt', '\u00e9.txt'],
  ['\uFF0E\uFF0E\uFF0Fx', '\uFF0E\uFF0E\uFF0Fx'],
  ['many    spaces\t.txt', 'many spaces.txt'],
  ['\ud800lone.txt', 'lone.txt'],
])('T13: %j becomes %j', (given, cleaned) => {
  expect(cleanFilename(given)).toBe(cleaned);
});

test('a long name keeps its ending within 200 bytes, and no character is cut in half', () => {
  const long = cleanFilename(`${'ü😀'.repeat(100)}.docx`);
  expect(Buffer.byteLength(long)).toBeLessThanOrEqual(200);
  expect(long).toMatch(/^[ü😀]+\.docx$/u);
  expect(cleanFilename('x'.repeat(300))).toHaveLength(200);
});

test('T13, V14: whatever comes, a name is one visible segment, and cleaning it again changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (given) => {
      const name = cleanFilename(given);
      expect(name).not.toMatch(/[/\\\p{Cc}\p{Cf}\p{Cs}<>:"|?*]|^\.|^\s|[. ]$/u);
      expect(name.length).toBeGreaterThan(0);
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200);
      expect(cleanFilename(name)).toBe(name);
    }),
    { numRuns: 2000 },
  );
});
