import { generateKeyPairSync } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { client } from '../../support/client.ts';
import { startTestDesk, type TestDesk } from '../../support/desk.ts';
import { startDnsServer, type DnsServer } from '../../support/dns-server.ts';
import { startGmailServer, type GmailServer } from '../../support/gmail/gmail-server.ts';
import { eventually } from '../../support/processes.ts';

const ADDRESS = 'support@desk.example';
const PUSHER = 'push@project.iam.gserviceaccount.com';
const TOPIC = 'projects/desk/topics/mail';
const DAY = 24 * 3_600_000;
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

let google: GmailServer;
let dns: DnsServer;
let started: { desk: TestDesk; stop(): Promise<void> };
const desk = () => started.desk;
beforeAll(async () => {
  google = await startGmailServer(ADDRESS);
  dns = await startDnsServer();
  started = await startTestDesk({
    ...{ web: true, worker: true },
    env: {
      ...{ SUPPORT_ADDRESS: ADDRESS, DNS_SERVERS: dns.address, GMAIL_API_URL: google.url, GMAIL_HISTORY: 'live' },
      ...{ GMAIL_PUSH_EMAIL: PUSHER, GMAIL_PUSH_TOPIC: TOPIC, GMAIL_CLIENT_ID: google.oauth.client.id },
      GMAIL_CLIENT_SECRET: google.oauth.client.secret,
      GMAIL_REFRESH_TOKEN: google.oauth.grant(ADDRESS),
    },
    gmailCertificates: { k1: publicKey.export({ type: 'spki', format: 'pem' }).toString() },
  });
});
afterAll(async () => {
  await started?.stop();
  await dns?.stop();
  await google?.stop();
});

const query = <T>(sql: string, params: unknown[] = []) => desk().transaction((tx) => tx.em.execute<T[]>(sql, params));
const asked = (name: string) => google.asked.filter((each) => each.name === name).length;
let made = 0;
const deliver = (subject: string) =>
  google.mailbox.deliver(
    `From: ana@maravia.example\r\nTo: ${ADDRESS}\r\nSubject: ${subject}\r\nMessage-ID: <p${++made}@maravia.example>\r\n\r\nWords.\r\n`,
  );
const tickets = async (subject: string) => (await query('select 1 from ticket where subject = ?', [subject])).length;
const ticketOf = (subject: string) =>
  eventually(`a ticket of ${subject}`, async () => (await tickets(subject)) > 0, 60_000);

/** A push as Pub/Sub makes it, of a history that is long past. */
async function push(): Promise<number> {
  const claims = { iss: 'https://accounts.google.com', email: PUSHER, email_verified: true };
  const token = jsonwebtoken.sign({ ...claims, aud: 'http://localhost:8080/api/gmail/push' }, privateKey, {
    ...{ algorithm: 'RS256' as const, keyid: 'k1', expiresIn: 600 },
  });
  const data = Buffer.from(JSON.stringify({ emailAddress: ADDRESS, historyId: 1 })).toString('base64');
  const body = { message: { data, messageId: '1', publishTime: '2020-01-01T00:00:00Z' }, subscription: 'projects/p' };
  return (await client(desk().url).send('POST', '/api/gmail/push', body, { authorization: `Bearer ${token}` })).status;
}

/** Until when Gmail pushes, in milliseconds from now. */
async function pushedFor(): Promise<number> {
  const [row] = await query<{ until: string | null }>('select push_until as until from mailbox');
  return row?.until ? Date.parse(row.until) - Date.now() : 0;
}

/** As if Gmail had been asked so that it pushes for so long from now; workers read the mailbox anew. */
async function readAnew(pushesFor: number): Promise<void> {
  const until = new Date(Date.now() + pushesFor).toISOString();
  await query('update mailbox set push_until = ?, version = version + 1', [until]);
  const profile = asked('history.list');
  await eventually('the mailbox is read anew', () => asked('history.list') > profile + 1, 60_000);
}

test('M38: a push that comes late, twice or about the past only wakes: each mail is one ticket, and none is missed', async () => {
  await eventually('the first look', () => asked('messages.list') > 0, 60_000);
  deliver('Pushed');
  expect(await Promise.all([push(), push(), push()])).toEqual([200, 200, 200]);
  await ticketOf('Pushed');
  deliver('Behind it');
  expect([await push(), await push()]).toEqual([200, 200]);
  await ticketOf('Behind it');
  expect([await tickets('Pushed'), await tickets('Behind it')]).toEqual([1, 1]);
  expect(await query(`select 1 from mailbox where cursor ->> 'historyId' = '1'`)).toEqual([]);
});

test('M38: a push that is lost is made up for by the next poll', async () => {
  deliver('Nobody told');
  await ticketOf('Nobody told');
});

test('M38: Gmail is asked to push at once, and again when a day of its seven has passed', async () => {
  await eventually('asked', async () => asked('watch') > 0 && (await pushedFor()) > 6 * DAY, 60_000);
  const before = asked('watch');
  await readAnew(6.5 * DAY);
  expect(asked('watch')).toBe(before);
  await readAnew(6 * DAY - 60_000);
  await eventually('asked again', () => asked('watch') === before + 1, 30_000);
  await eventually('for seven days', async () => (await pushedFor()) > 6.9 * DAY, 30_000);
});

test('M38: a watch that has expired and cannot be renewed holds no mail up, is told by the doctor, and is asked for anew', async () => {
  const { id } = desk().mailbox;
  google.fail({ on: 'watch', status: 403, reason: 'forbidden' });
  const before = asked('watch');
  await readAnew(-DAY);
  await eventually('asked and refused', () => asked('watch') === before + 1, 30_000);
  deliver('While nobody pushes');
  await ticketOf('While nobody pushes');
  const { findings } = await desk().jobs.mailboxes.examine(id, { probe: false });
  expect(findings.filter(({ level }) => level !== 'ok').map(({ check }) => check)).toEqual(['push']);
  await readAnew(-DAY);
  await eventually('renewed', async () => (await pushedFor()) > 6 * DAY, 30_000);
});
