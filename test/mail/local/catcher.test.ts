import { afterEach, expect, test } from 'vitest';
import { startCatcher, type CatcherOptions, type CaughtMail } from '../../../src/mail/local/catcher.ts';
import { smtpTransport } from '../../../src/mail/transports/smtp-transport.ts';
import type { MailTransport } from '../../../src/mail/transports/transport.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function caught(given: Partial<CatcherOptions> = {}): Promise<{ mails: CaughtMail[]; transport: MailTransport }> {
  const mails: CaughtMail[] = [];
  const store = (mail: CaughtMail) => Promise.resolve(void mails.push(mail));
  const catcher = await startCatcher({ port: 0, store, isOwn: (address) => address === 'support@localhost', ...given });
  const transport = smtpTransport({ host: '127.0.0.1', port: catcher.port, secure: false, auth: null });
  open.push(transport, catcher);
  return { mails, transport };
}

const mime = Buffer.from('Subject: x\r\n\r\n.\r\n..hidden\r\nBytes: \u00fc\r\n');
const envelope = { from: '', to: 'ana@maravia.example' };

test('catches the envelope and every byte, dots and all (R19)', async () => {
  const { mails, transport } = await caught();
  expect(await transport.send({ envelope, mime })).toMatchObject({ kind: 'sent' });
  expect(await transport.send({ envelope: { ...envelope, from: 'support+b.x@localhost' }, mime })).toMatchObject({
    kind: 'sent',
  });
  expect(mails.map(({ from, to }) => [from, to])).toEqual([
    ['', ['ana@maravia.example']],
    ['support+b.x@localhost', ['ana@maravia.example']],
  ]);
  expect(mails[0]?.raw.equals(mime)).toBe(true);
});

test('refuses mail to the desk itself', async () => {
  const { mails, transport } = await caught();
  const result = await transport.send({ envelope: { from: '', to: 'Support@localhost' }, mime });
  expect(result).toMatchObject({ kind: 'refused', code: 554, permanent: true });
  expect(mails).toEqual([]);
});

test('acknowledges nothing that it could not store', async () => {
  const { transport } = await caught({ store: () => Promise.reject(new Error('disk full')) });
  expect(await transport.send({ envelope, mime })).toMatchObject({ kind: 'refused', code: 450, permanent: false });
});

test('asks to try again when it cannot tell whose address it is', async () => {
  const { transport } = await caught({ isOwn: () => Promise.reject(new Error('no database')) });
  expect(await transport.send({ envelope, mime })).toMatchObject({ kind: 'refused', code: 451, permanent: false });
});

test('refuses what is larger than its limit', async () => {
  const { mails, transport } = await caught({ maxSize: 1000 });
  const result = await transport.send({ envelope, mime: Buffer.alloc(5000, 'x') });
  expect(result).toMatchObject({ kind: 'refused', code: 552, permanent: true });
  expect(mails).toEqual([]);
});

test('says why it cannot start on a port that is taken', async () => {
  const { mails } = await caught();
  expect(mails).toEqual([]);
  const first = await startCatcher({ port: 0, store: () => Promise.resolve(), isOwn: () => false });
  open.push(first);
  await expect(
    startCatcher({ port: first.port, store: () => Promise.resolve(), isOwn: () => false }),
  ).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
});
