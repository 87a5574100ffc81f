import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from './support.ts';

const PIECES = [
  'From: a@example.com\r\n',
  'Content-Type: multipart/mixed; boundary=b\r\n',
  'Content-Type: text/html\r\n',
  'Content-Transfer-Encoding: base64\r\n',
  '\r\n',
  '--b\r\n',
  '--b--\r\n',
  'Subject: =?utf-8?Q?',
  '\0',
  '\xff\xfe',
  '<div><blockquote>',
  '> On 5 Jan 2026 a@example.com wrote:\r\n',
  'Content-Type: message/rfc822\r\n\r\n',
  'begin 644 x\r\n',
  '='.repeat(50),
  '\r',
  '\n',
];

test('any bytes have an outcome: parsing never throws', async () => {
  const mails = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 30 })), {
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(mails, async (pieces) => {
      const result = await parse(Buffer.from(pieces.join(''), 'latin1'));
      expect(typeof result.ok).toBe('boolean');
    }),
    { numRuns: 150 },
  );
});

test('a failing blob store is not the fault of the message: it rejects', async () => {
  const { parseMessage } = await import('../../../../src/mail/inbound/parse/parse-message.ts');
  const raw = Buffer.from('From: a@example.com\r\nContent-Type: application/pdf\r\n\r\nx');
  await expect(parseMessage(raw, { blobs: { put: () => Promise.reject(new Error('ENOSPC')) } })).rejects.toThrow(
    'ENOSPC',
  );
});
