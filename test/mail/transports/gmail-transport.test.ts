import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { gmailAuth, GMAIL_SCOPES } from '../../../src/mail/sources/gmail-auth.ts';
import { gmailTransport } from '../../../src/mail/transports/gmail-transport.ts';
import type { Delivery } from '../../../src/mail/transports/transport.ts';
import { startGmailServer, type Fault, type GmailServer } from '../../support/gmail/gmail-server.ts';

let server: GmailServer;
beforeEach(async () => {
  server = await startGmailServer();
});
afterEach(() => server.stop());

const OURS = '<o.abc.signature@desk.example>';
const HEAD = `From: Help <support@desk.example>\r\nTo: Ana <ana@maravia.example>\r\nMessage-ID: ${OURS}\r\n`;
const mime = (references = OURS) =>
  Buffer.from(
    `${HEAD}References: <first@maravia.example>\r\n ${references}\r\nSubject: Re: x\r\n\r\nHéllo \xff\r\n`,
    'latin1',
  );

function transport({ scopes = [GMAIL_SCOPES.modify] as string[], timeout = 30_000, apiUrl = server.url } = {}) {
  const { id: clientId, secret: clientSecret } = server.oauth.client;
  const refreshToken = server.oauth.grant('support@desk.example', scopes);
  const auth = gmailAuth({ kind: 'consent', clientId, clientSecret, refreshToken }, { apiUrl: server.url });
  return gmailTransport({ auth, apiUrl, timeout, spend: () => Promise.resolve() });
}
const delivery = (given: Partial<Delivery> = {}): Delivery => ({
  ...{ envelope: { from: '', to: 'ana@maravia.example' }, mime: mime() },
  ...given,
});
const sent = () => [...server.mailbox.messages.values()].map(({ raw }) => raw.toString('latin1'));
const sought = { messageId: OURS, recipient: 'ana@maravia.example', since: new Date() };

test('a mail goes out byte for byte but for its Message-ID, which Google replaces; ours stays last in References', async () => {
  const steps: string[] = [];
  const result = await transport().send(delivery({ beforeData: async () => void steps.push(`sent ${sent().length}`) }));
  expect(result).toMatchObject({
    kind: 'sent',
    response: expect.stringMatching(/^250 Gmail took it as \w+/) as string,
  });
  expect(steps).toEqual(['sent 0']);
  const [raw = ''] = sent();
  expect(raw).toMatch(/^Message-ID: <CA\+\w+@mail\.gmail\.com>\r$/m);
  expect(raw.replace(/^Message-ID:.*\r\n/m, '')).toBe(
    mime()
      .toString('latin1')
      .replace(/^Message-ID:.*\r\n/m, ''),
  );
});

describe('what became of a mail', () => {
  test.each<[what: string, fault: Fault, kind: string, gone: number]>([
    ['Gmail is busy (429)', { status: 429, reason: 'rateLimitExceeded' }, 'unreached', 0],
    ['the day’s mails are used up (403)', { status: 403, reason: 'userRateLimitExceeded' }, 'unreached', 0],
    ['Gmail refuses this mail (400)', { status: 400, reason: 'invalidArgument' }, 'refused', 0],
    ['it is too large (413)', { status: 413, reason: 'uploadTooLarge' }, 'refused', 0],
    ['no token is given', { on: 'token', status: 400, reason: 'invalid_grant' }, 'unreached', 0],
    ['the token endpoint fails', { on: 'token', status: 503, times: 9 }, 'unreached', 0],
    ['Gmail fails (503), and has sent nothing', { status: 503 }, 'unknown', 0],
    ['Gmail fails (500), and has sent it', { status: 500, done: true }, 'unknown', 1],
    ['the connection ends before the answer, and it was sent', { how: 'cut', done: true }, 'unknown', 1],
    ['nobody answers, and it was sent', { how: 'hang', done: true }, 'unknown', 1],
  ])('%s', async (_what, fault, kind, gone) => {
    server.fail({ on: 'messages.send', ...fault });
    const way = transport({ timeout: fault.how === 'hang' ? 500 : 30_000 });
    expect((await way.send(delivery())).kind).toBe(kind);
    expect(sent()).toHaveLength(gone);
    await way.close();
  });

  test('nobody is reached: it was not sent', async () => {
    const { url } = server;
    const other = await startGmailServer();
    await other.stop();
    expect(await transport({ apiUrl: other.url }).send(delivery())).toMatchObject({ kind: 'unreached' });
    expect(url).toBe(server.url);
  });
});

test('a mail that was sent, perhaps, is found in Sent by our id; one that only follows it is another', async () => {
  const way = transport();
  expect(await way.find?.(sought)).toBeNull();
  await way.send(delivery({ mime: mime(`${OURS} <o.later.signature@desk.example>`) }));
  expect(await way.find?.(sought)).toBeNull();
  await way.send(delivery());
  expect(await way.find?.(sought)).toMatchObject({ kind: 'sent' });
  expect(await way.find?.({ ...sought, recipient: 'bea@maravia.example' })).toBeNull();
  server.fail({ on: 'messages.list', status: 503 });
  expect(await way.find?.(sought)).toMatchObject({ kind: 'unreached' });
});

test('the doctor says whether the consent includes sending', async () => {
  const levels = async (scope: string) => (await transport({ scopes: [scope] }).examine?.())?.map(({ level }) => level);
  expect(await levels(GMAIL_SCOPES.modify)).toEqual(['ok', 'ok']);
  expect(await levels(GMAIL_SCOPES.readonly)).toEqual(['ok', 'fail']);
});
