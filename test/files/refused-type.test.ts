import { expect, test } from 'vitest';
import { refusedType } from '../../src/files/refused-type.ts';
import { SETTINGS } from '../../src/settings/schema.ts';

const initial = SETTINGS.file_types.parse(undefined);

test.each([
  ['photo.png', 'image/png', null],
  ['notes.txt', 'text/plain', null],
  ['desk.log', 'application/octet-stream', null],
  ['Report.DOCX', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', null],
  ['table.csv', 'application/vnd.ms-excel', null],
  ['screen.mov', 'video/quicktime', null],
  ['mail.eml', 'message/rfc822', null],
  ['archive.zip', 'application/x-zip-compressed', null],
  ['no-ending', 'text/plain', null],
  ['setup.exe', 'application/x-msdownload', 'application/x-msdownload'],
  ['setup.exe', 'text/plain', 'application/x-msdos-program'],
  ['invoice.pdf.exe', 'application/pdf', 'application/x-msdos-program'],
  ['page.html', 'text/html', 'text/html'],
  ['page.html', 'application/octet-stream', 'text/html'],
  ['code.js', 'text/plain', 'text/javascript'],
  ['unknown.qqq', 'application/octet-stream', 'application/octet-stream'],
  ['app.apk', 'application/octet-stream', 'application/vnd.android.package-archive'],
])('with the initial list of types, %s sent as %s is refused for: %s', (filename, contentType, refused) => {
  expect(refusedType(initial, { filename, contentType })).toBe(refused);
});

test.each([
  [['*'], 'anything.qqq', 'application/octet-stream', null],
  [['application/octet-stream'], 'unknown.qqq', 'application/octet-stream', null],
  [['image/png'], 'a.png', 'image/png', null],
  [['image/png'], 'a.jpg', 'image/png', 'image/jpeg'],
  [['image/p*'], 'a.png', 'image/png', null],
  [[], 'a.png', 'image/png', 'image/png'],
])('a list of %j judges %s sent as %s: %s', (allowed, filename, contentType, refused) => {
  expect(refusedType(allowed, { filename, contentType })).toBe(refused);
});
