import { expect, test } from 'vitest';
import { typeOfContent } from '../../src/files/type-of-content.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
/** Its beginning: the signature, a header of 1 × 1 points, the first piece of data. */
const PNG =
  '\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55\0\0\0\nIDATx\x9cc`\0\0\0\x02\0\x01';
const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

test.each([
  ['a picture is one, whatever it is called', PNG, 'text/plain', 'image/png'],
  ['a JPEG called PNG', '\xff\xd8\xff\xe0', 'image/png', 'image/jpeg'],
  ['a GIF of unknown kind', 'GIF89a\x01\x00', 'application/octet-stream', 'image/gif'],
  ['WebP', 'RIFF\x00\x00\x00\x00WEBPVP8 ', 'image/webp', 'image/webp'],
  ['a page called a picture', '<script>alert(1)</script>', 'image/png', 'application/octet-stream'],
  ['nothing called a picture', '', 'image/gif', 'application/octet-stream'],
  ['a program called a picture', 'MZ\x90\x00\x03\x00', 'image/png', 'application/x-msdownload'],
  ['a program for another system called text', '\x7fELF\x02\x01', 'text/plain', 'application/x-elf'],
  ['words that begin with MZ', 'MZ-12 is broken', 'text/plain', 'text/plain'],
  ['bytes called text', 'a\x00b', 'text/plain', 'application/octet-stream'],
  ['UTF-16', '\xff\xfea\x00b\x00', 'text/csv', 'text/csv'],
  ['a document is a zip file', 'PK\x03\x04\x14\x00', DOCX, DOCX],
  ['a zip file called text', 'PK\x03\x04\x14\x00', 'text/plain', 'application/zip'],
  ['a document of an older kind', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'application/msword', 'application/msword'],
  ['a text in colours', '\x1b[31mfailed\x1b[0m', 'text/plain', 'text/plain'],
  ['a PDF called a picture', '%PDF-1.7', 'image/png', 'application/pdf'],
  ['what nothing tells of', 'BEGIN:VCALENDAR', 'text/calendar', 'text/calendar'],
  ['an SVG stays what it is, and is never shown', '<svg>', 'image/svg+xml', 'image/svg+xml'],
])('%s', async (_, head, declared, type) => {
  expect(await typeOfContent(bytes(head), declared)).toBe(type);
});
