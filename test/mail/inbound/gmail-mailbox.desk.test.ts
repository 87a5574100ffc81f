import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { ensureMailbox } from '../../../src/mail/ensure-mailbox.ts';
import { mailboxOf } from '../../../src/mail/mailbox-of-environment.ts';
import { Mailbox } from '../../../src/mail/mailbox.ts';
import { GMAIL_SCOPES } from '../../../src/mail/sources/gmail-auth.ts';
import { readSecret } from '../../../src/mail/sources/mailbox-secret.ts';
import { startTestDesk, type TestDesk } from '../../support/desk.ts';
import { startDnsServer, type DnsServer } from '../../support/dns-server.ts';
import { startGmailServer, type GmailServer } from '../../support/gmail/gmail-server.ts';
import { findBreaches } from '../../support/invariants.ts';
import { eventually } from '../../support/processes.ts';
import { connected } from '../../support/connected.ts';

const ADDRESS = 'support@desk.example';
let made = 0;

const mail = (subject: string) =>
  `From: ana@maravia.example\r\nTo: ${ADDRESS}\r\nSubject: ${subject}\r\nMessage-ID: <g${++made}@maravia.example>\r\n\r\nWords of ${subject}.\r\n`;

/** Answers at once: nobody publishes anything. */
let dns: DnsServer;
beforeAll(async () => void (dns = await startDnsServer()));
afterAll(() => dns.stop());

async function gmailServer(): Promise<GmailServer> {
  const server = await startGmailServer(ADDRESS);
  onTestFinished(() => server.stop());
  return server;
}

const consent = ({ oauth }: GmailServer, scopes: string[] = [GMAIL_SCOPES.modify]) => ({
  GMAIL_CLIENT_ID: oauth.client.id,
  GMAIL_CLIENT_SECRET: oauth.client.secret,
  GMAIL_REFRESH_TOKEN: oauth.grant(ADDRESS, scopes),
});

/** A desk at work that reads this server's mailbox; at the end nothing may be broken. */
async function deskOf(server: GmailServer, env: Record<string, string>): Promise<TestDesk> {
  const common = { SUPPORT_ADDRESS: ADDRESS, DNS_SERVERS: dns.address, GMAIL_API_URL: server.url };
  const { desk, stop } = await startTestDesk({ worker: true, env: { ...common, GMAIL_HISTORY: 'live', ...env } });
  onTestFinished(stop);
  return desk;
}

const query = <T>(desk: TestDesk, sql: string) => desk.transaction((tx) => tx.em.execute<T[]>(sql));

async function expectTickets(desk: TestDesk, subjects: readonly string[]): Promise<void> {
  const applied = `select t.subject from inbound_message i join ticket t on t.id = i.ticket_id where i.state = 'applied' and not i.untold order by t.subject`;
  const seen = async () => (await query<{ subject: string }>(desk, applied)).map(({ subject }) => subject);
  await eventually('a ticket of each', async () => (await seen()).length >= subjects.length, 60_000);
  expect(await seen()).toEqual(subjects);
  const { databaseUrl, config } = desk;
  const left = await connected(databaseUrl, (client) => findBreaches(client, config.dataDir, { atRest: false }));
  expect(left).toEqual([]);
}

/** As a push does: the mailbox is polled now. */
const wake = (desk: TestDesk) =>
  desk.transaction((tx) => Promise.resolve(tx.enqueue('poll-mailbox', { mailboxId: desk.mailbox.id })));

const labelsOf = ({ mailbox }: GmailServer, id: string) =>
  mailbox.messages.get(id)?.labelIds.map((label) => mailbox.labels.get(label));

test('mail becomes tickets, applied mail gets a label, and nothing else of it changes', async () => {
  const server = await gmailServer();
  const first = server.mailbox.deliver(mail('Was there'));
  const desk = await deskOf(server, consent(server));
  await expectTickets(desk, ['Was there']);
  const later = server.mailbox.deliver(mail('Comes later'));
  server.mailbox.deliver(mail('Sent by a colleague'), ['SENT']);
  await wake(desk);
  await expectTickets(desk, ['Comes later', 'Was there']);
  for (const id of [first, later]) expect(labelsOf(server, id)).toEqual(['INBOX', 'UNREAD', 'SmartSupport']);
});

test('M38: what came while Gmail forgot the history is found by comparison, and nothing comes twice', async () => {
  const server = await gmailServer();
  server.mailbox.deliver(mail('A known one'));
  const desk = await deskOf(server, consent(server));
  await expectTickets(desk, ['A known one']);
  server.mailbox.deliver(mail('Between'));
  server.mailbox.forgetHistory();
  const asked = server.asked.length;
  await wake(desk);
  await expectTickets(desk, ['A known one', 'Between']);
  expect(server.asked.slice(asked).map(({ name }) => name)).toEqual(
    expect.arrayContaining(['history.list', 'getProfile', 'messages.list']),
  );
  expect(await query(desk, 'select source_key from inbound_key')).toHaveLength(2);
});

test('M33, M39: a message of 3 GB that never ends is cut off at the limit and quarantined with its header, and the others come', async () => {
  const server = await gmailServer();
  server.fail({ on: 'messages.get', how: 'endless' });
  server.mailbox.deliver(mail('Endless'));
  server.mailbox.deliver(mail('Behind it'));
  const desk = await deskOf(server, { ...consent(server), MAX_MESSAGE_BYTES: '3000000' });
  await expectTickets(desk, ['Behind it']);
  const [row] = await query<{ reason: string; header_only: boolean; raw_sha256: string }>(
    desk,
    `select reason, header_only, raw_sha256 from inbound_message where state = 'quarantined'`,
  );
  expect(row).toMatchObject({ header_only: true, reason: expect.stringMatching(/^too-large: more than 3000000;/) });
  expect((await desk.blobs.read(row?.raw_sha256 ?? '')).toString()).toBe('Subject: Endless\r\n\r\n');
  await eventually('nobody listens any more', () => server.endless === 0);
});

test('a service account with delegation reads the mailbox of the support address', async () => {
  const server = await gmailServer();
  const { email, privateKey } = server.oauth.serviceAccount;
  server.oauth.delegated.set(ADDRESS, [GMAIL_SCOPES.modify]);
  server.mailbox.deliver(mail('Delegated'));
  const key = JSON.stringify({ type: 'service_account', client_email: email, private_key: privateKey });
  await expectTickets(await deskOf(server, { GMAIL_SERVICE_ACCOUNT: key }), ['Delegated']);
});

test('with read access alone mail becomes tickets and keeps its labels; a label of our own is read by its name', async () => {
  const server = await gmailServer();
  server.mailbox.labels.set('Label_7', 'Help desk');
  const id = server.mailbox.deliver(mail('Labelled'), ['Label_7', 'UNREAD']);
  server.mailbox.deliver(mail('Private'));
  const env = { ...consent(server, [GMAIL_SCOPES.readonly]), GMAIL_SCOPE: 'readonly', GMAIL_LABEL: 'Help desk' };
  await expectTickets(await deskOf(server, env), ['Labelled']);
  expect(labelsOf(server, id)).toEqual(['Help desk', 'UNREAD']);
});

test('a refresh token that Google replaces is stored under seal, and outlives the desk that got it', async () => {
  const server = await gmailServer();
  server.oauth.rotate = true;
  server.mailbox.deliver(mail('Rotated'));
  const desk = await deskOf(server, consent(server));
  await expectTickets(desk, ['Rotated']);
  const { sealing } = desk.secrets;
  const [current = ''] = server.oauth.refreshTokens.keys();
  const kept = async () => {
    const mailbox = await desk.transaction((tx) => tx.em.findOneOrFail(Mailbox, desk.mailbox.id));
    expect(mailbox.secret).not.toContain(current);
    return readSecret(mailbox, sealing).refreshToken;
  };
  expect(await kept()).toBe(current);
  // The next start is told of the old one by the same environment.
  await desk.transaction(async (tx) => ensureMailbox(tx, await mailboxOf(desk.config), sealing));
  expect(await kept()).toBe(current);
});

test('what was there before is imported with its own dates, and nobody hears of it', async () => {
  const server = await gmailServer();
  const before = new Date(Date.now() - 10 * 24 * 3_600_000);
  server.mailbox.deliver(mail('Long ago'), ['INBOX'], before.getTime());
  const desk = await deskOf(server, { ...consent(server), GMAIL_HISTORY: 'quiet' });
  await expectTickets(desk, ['Long ago']);
  server.mailbox.deliver(mail('New'));
  const moved = server.mailbox.deliver(mail('Moved in'), ['ARCHIVE'], before.getTime());
  server.mailbox.label(moved, ['INBOX']);
  await wake(desk);
  await expectTickets(desk, ['Long ago', 'Moved in', 'New']);
  const rows = await query<{ subject: string; at: string; told: boolean }>(
    desk,
    `select t.subject, t.created_at as at, exists (select from ticket_event e where e.ticket_id = t.id and e.notice <> 'none') as told
       from ticket t order by t.subject`,
  );
  expect(rows.map(({ subject, told }) => [subject, told])).toEqual([
    ['Long ago', false],
    ['Moved in', false],
    ['New', true],
  ]);
  expect(rows.slice(0, 2).map(({ at }) => new Date(at).getTime())).toEqual([before.getTime(), before.getTime()]);
});

test('consent that ended is said on the mailbox, and renewed consent reads on where it stopped', async () => {
  const server = await gmailServer();
  const desk = await deskOf(server, consent(server));
  await eventually(
    'it was read',
    async () => (await query(desk, 'select 1 from mailbox where live_since is not null')).length === 1,
    60_000,
  );
  server.oauth.refreshTokens.clear();
  server.oauth.accessTokens.clear();
  server.mailbox.deliver(mail('Meanwhile'));
  await wake(desk);
  const trouble = async () =>
    (
      await query<{ trouble: string | null; last_error: string | null }>(
        desk,
        'select trouble, last_error from mailbox',
      )
    )[0];
  await eventually('its trouble', async () => (await trouble())?.trouble === 'auth', 60_000);
  expect((await trouble())?.last_error).toMatch(/connect the mailbox again/);

  const renewed = {
    ...desk.config,
    gmail: desk.config.gmail && { ...desk.config.gmail, credentials: credentialsOf(server) },
  };
  await desk.transaction(async (tx) => ensureMailbox(tx, await mailboxOf(renewed), desk.secrets.sealing));
  const asked = server.asked.length;
  await wake(desk);
  await expectTickets(desk, ['Meanwhile']);
  expect(server.asked.slice(asked).map(({ name }) => name)).not.toContain('getProfile'); // with which a full listing begins
  expect(await trouble()).toEqual({ trouble: null, last_error: null });
});

function credentialsOf(server: GmailServer) {
  const {
    GMAIL_CLIENT_ID: clientId,
    GMAIL_CLIENT_SECRET: clientSecret,
    GMAIL_REFRESH_TOKEN: refreshToken,
  } = consent(server);
  return { kind: 'consent' as const, clientId, clientSecret, refreshToken };
}
