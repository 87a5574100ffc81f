import { expect, test } from 'vitest';
import { contentHash } from '../../../../src/mail/inbound/parse/content-hash.ts';
import { parsed, plainMail } from './support.ts';

const content = { from: 'a@example.com', date: '', subject: 'x', text: 'hello', html: '', attachments: [] as string[] };

test('copies of a message that travelled differently have one hash', async () => {
  const first = await parsed(plainMail('Hello  \n\nAnna\n'));
  const second = await parsed(`Received: from relay.example.net\n${plainMail('Hello\n\nAnna')}`);
  expect(second.contentHash).toBe(first.contentHash);
  expect(first.contentHash).toMatch(/^[0-9a-f]{64}$/);
});

test.each([
  { from: 'b@example.com' },
  { date: '2026-01-05' },
  { subject: 'y' },
  { text: 'hello!' },
  { html: '<p>' },
  { attachments: ['00'] },
])('another %j is another message (T38)', (change) =>
  expect(contentHash({ ...content, ...change })).not.toBe(contentHash(content)),
);

test('words cannot move from one field to the next unseen', () => {
  expect(contentHash({ ...content, subject: 'xh', text: 'ello' })).not.toBe(contentHash(content));
});
