import { generateKeyPairSync } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Mailbox } from '../../src/mail/mailbox.ts';
import { readSecret } from '../../src/mail/sources/mailbox-secret.ts';
import { newActor, type Actor } from '../support/actors.ts';
import { client } from '../support/client.ts';
import { PRODUCTION, startTestDesk } from '../support/desk.ts';
import { dumpDatabase } from '../support/dump.ts';
import { startGmailServer, type GmailServer } from '../support/gmail/gmail-server.ts';

const ADDRESS = 'gmail@maravia.example';
const PUSHER = 'push@project.iam.gserviceaccount.com';
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

let google: GmailServer;
let started: Awaited<ReturnType<typeof startTestDesk>>;
let admin: Actor;
let id: number;
const desk = () => started.desk;
beforeAll(async () => {
  google = await startGmailServer(ADDRESS);
  started = await startTestDesk({
    web: true,
    env: { ...PRODUCTION, GMAIL_API_URL: google.url, GMAIL_PUSH_EMAIL: PUSHER },
    gmailCertificates: { k1: publicKey.export({ type: 'spki', format: 'pem' }).toString() },
  });
  admin = await newActor(desk(), 'admin');
  const { id: client_id, secret: client_secret } = google.oauth.client;
  const source = { kind: 'gmail', credentials: { kind: 'consent', client_id, client_secret } };
  id = Number((await admin.post('/api/mailboxes', { name: 'Gmail', address: ADDRESS, source })).body['id']);
});
afterAll(async () => {
  await started?.stop();
  await google?.stop();
});

const row = () => desk().transaction((tx) => tx.em.findOneOrFail(Mailbox, id));
const secret = async () => readSecret(await row(), desk().secrets.sealing);

/** Begins a consent as the portal does: Google's page, and the cookie of the browser. */
async function begin(of = id): Promise<{ page: URL; state: string; cookie: string }> {
  const { status, headers, body } = await admin.post(`/api/mailboxes/${of}/consent`);
  expect(status).toBe(200);
  const page = new URL(String(body['url']));
  const cookie = headers.get('set-cookie')?.split(';')[0] ?? '';
  return { page, state: page.searchParams.get('state') ?? '', cookie };
}

/** Google sends the browser back, with more in the address than we asked for. */
async function comeBack(query: Record<string, string>, cookie: string): Promise<[number, string | undefined]> {
  const search = new URLSearchParams({ ...query, authuser: '0', prompt: 'consent' });
  const init = { redirect: 'manual' as const, headers: { cookie } };
  const response = await client(desk().url).raw(`/api/gmail/consent?${search}`, init);
  const { code } = (await response.json().catch(() => ({}))) as { code?: string };
  return [response.status, code];
}

test('the consent of the owner, begun by an admin in a browser, opens the mailbox: what it gives is sealed and read with', async () => {
  const { version } = await row();
  const { page, state, cookie } = await begin();
  expect(page.origin).toBe('https://accounts.google.com');
  expect(page.searchParams.get('redirect_uri')).toBe(`${PRODUCTION['PUBLIC_URL']}/api/gmail/consent`);
  const code = google.oauth.consent(page, ADDRESS);
  expect(await comeBack({ state, code }, cookie)).toEqual([302, undefined]);
  const { refreshToken = '' } = await secret();
  expect(google.oauth.refreshTokens.has(refreshToken)).toBe(true);
  expect(JSON.stringify(await dumpDatabase(desk()))).not.toContain(refreshToken);
  // Whoever reads the mailbox begins anew with it.
  expect((await row()).version).toBe(version + 1);
  expect((await admin.get(`/api/mailboxes/${id}`)).body['secrets']).toEqual(['client_secret', 'refresh_token']);
  google.mailbox.deliver(`From: ana@maravia.example\r\nSubject: Hello\r\n\r\nWords\r\n`);
  const source = desk().watch.sourceOf(await row());
  expect((await source.list({})).keys).toHaveLength(1);
  await source.close?.();
});

test('it is worth nothing in another browser, with another state, a second time, refused, or for another account', async () => {
  const before = await secret();
  const codeFor = (page: URL, user = ADDRESS) => google.oauth.consent(page, user);
  const stolen = await begin();
  expect(await comeBack({ state: stolen.state, code: codeFor(stolen.page) }, '')).toEqual([400, 'malformed_request']);
  const forged = await begin();
  expect(await comeBack({ state: 'another', code: codeFor(forged.page) }, forged.cookie)).toEqual([
    400,
    'malformed_request',
  ]);
  expect(await comeBack({ state: forged.state, code: codeFor(forged.page) }, forged.cookie)).toEqual([
    400,
    'malformed_request',
  ]);
  const refused = await begin();
  expect(await comeBack({ state: refused.state, error: 'access_denied' }, refused.cookie)).toEqual([403, 'forbidden']);
  const { id: client_id, secret: client_secret } = google.oauth.client;
  const source = { kind: 'gmail', credentials: { kind: 'consent', client_id, client_secret } };
  const { body } = await admin.post('/api/mailboxes', { name: 'Other', address: 'other@maravia.example', source });
  const other = await begin(Number(body['id']));
  expect(await comeBack({ state: other.state, code: codeFor(other.page) }, other.cookie)).toEqual([409, 'conflict']);
  expect((await admin.get(`/api/mailboxes/${Number(body['id'])}`)).body['secrets']).toEqual(['client_secret']);
  expect(await secret()).toEqual(before);
});

test('a mailbox that is read by other means has no consent, and nobody but an admin begins one', async () => {
  expect((await admin.post(`/api/mailboxes/${desk().mailbox.id}/consent`)).status).toBe(409);
  const coordinator = await newActor(desk(), 'coordinator');
  expect((await coordinator.post(`/api/mailboxes/${id}/consent`)).status).toBe(403);
});

/** A push as Pub/Sub makes it. */
async function push(address: string, claims: object = {}): Promise<number> {
  const given = { email: PUSHER, email_verified: true, aud: `${PRODUCTION['PUBLIC_URL']}/api/gmail/push`, ...claims };
  const token = jsonwebtoken.sign({ iss: 'https://accounts.google.com', ...given }, privateKey, {
    ...{ algorithm: 'RS256' as const, keyid: 'k1', expiresIn: 600 },
  });
  const data = Buffer.from(JSON.stringify({ emailAddress: address, historyId: 42 })).toString('base64');
  const body = { message: { data, messageId: '1', publishTime: '2026-01-01T00:00:00Z' }, subscription: 'projects/p' };
  const headers = { authorization: `Bearer ${token}` };
  return (await client(desk().url).send('POST', '/api/gmail/push', body, headers)).status;
}

test('a push that Google has signed for our subscription has its mailbox read now; any other is refused and wakes nobody', async () => {
  expect(await push(ADDRESS, { aud: 'https://elsewhere.example' })).toBe(401);
  expect(await push(ADDRESS, { email: 'somebody@project.example' })).toBe(401);
  expect((await row()).wantedAt ?? null).toBeNull();
  expect(await push(ADDRESS)).toBe(200);
  expect((await row()).wantedAt).toBeInstanceOf(Date);
  // Nobody of ours: it is taken, or it would come again and again.
  expect(await push('nobody@maravia.example')).toBe(200);
});
