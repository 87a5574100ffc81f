import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { ingestMessages } from '../../src/mail/inbound/ingest-messages.ts';
import { keepSecret } from '../../src/mail/ensure-mailbox.ts';
import { Mailbox } from '../../src/mail/mailbox.ts';
import { notifyEvents } from '../../src/mail/outbound/notify-events.ts';
import { sendMessages } from '../../src/mail/outbound/send-messages.ts';
import { readSecret, secretPlace } from '../../src/mail/sources/mailbox-secret.ts';
import { unseal } from '../../src/secrets.ts';
import { newActor, type Actor } from '../support/actors.ts';
import { startTestCatcher } from '../support/catcher.ts';
import { client, type Answer } from '../support/client.ts';
import { PRODUCTION, useDesk } from '../support/desk.ts';
import { dumpDatabase } from '../support/dump.ts';
import { signPush } from '../support/mailboxes.ts';

const desk = useDesk({ web: true, env: PRODUCTION });
const query = <T>(sql: string, params: unknown[] = []) => desk().transaction((tx) => tx.em.execute<T[]>(sql, params));
let admin: Actor;
beforeAll(async () => {
  admin = await newActor(desk(), 'admin');
});

let made = 0;
interface Shown {
  id: number;
  version: number;
  address: string;
  push_secret: string;
  secrets: string[];
  [field: string]: unknown;
}
const shown = ({ body }: Answer) => body as unknown as Shown;
const create = (given: object) =>
  admin.post('/api/mailboxes', { name: 'Box', address: `box-${++made}@maravia.example`, ...given });
const change = ({ id, version }: Pick<Shown, 'id' | 'version'>, edit: object) =>
  admin.send('PATCH', `/api/mailboxes/${id}`, { version, ...edit });
const drop = async (given: object = {}) => shown(await create({ source: { kind: 'drop' }, ...given }));

const SECRETS = ['pass word of joe', 'client secret', '1//refresh', '-----BEGIN PRIVATE KEY-----', 'smtp pass word'];
const [PASSWORD, CLIENT, REFRESH, KEY, SMTP] = SECRETS;
const imap = { kind: 'imap', host: 'imap.maravia.example', user: 'joe' };
const smtp = { kind: 'smtp', host: 'smtp.maravia.example', user: 'joe' };
const microsoft = { provider: 'microsoft', client_id: 'app' };
const consent = { kind: 'consent', client_id: 'id.apps' };
const account = { kind: 'service-account', email: 'bot@project.example', subject: 'help@maravia.example' };

test('a mailbox of each kind is made and told as it is, and its secrets never come out again, nor lie in the database as they are', async () => {
  const given = [
    { source: { ...imap, password: PASSWORD } },
    {
      source: {
        ...imap,
        oauth: { provider: 'microsoft', client_id: 'app', client_secret: CLIENT, refresh_token: REFRESH },
      },
    },
    { source: { kind: 'gmail', credentials: { ...consent, client_secret: CLIENT } } },
    { source: { kind: 'gmail', done_label: null, credentials: { ...account, private_key: KEY } } },
    {
      source: { kind: 'drop' },
      transport: { kind: 'smtp', host: 'smtp.maravia.example', user: 'joe', password: SMTP },
    },
  ];
  const answers: Shown[] = [];
  for (const one of given) answers.push(shown(await create(one)));
  expect(answers).toMatchObject([
    {
      ...{ enabled: false, history: 'quiet', secrets: ['password'], push_secret: null, health: { state: 'off' } },
      source: { ...imap, port: 993, tls: 'implicit', folder: 'INBOX', oauth: null },
      transport: { kind: 'desk' },
    },
    {
      secrets: ['client_secret', 'refresh_token'],
      source: { oauth: { provider: 'microsoft', tenant: 'organizations', client_id: 'app' } },
    },
    {
      secrets: ['client_secret'],
      source: { kind: 'gmail', label: 'INBOX', done_label: 'SmartSupport', credentials: consent },
    },
    { secrets: ['private_key'], source: { done_label: null, credentials: account } },
    {
      ...{ enabled: true, secrets: ['transport_password'], source: { kind: 'drop' } },
      transport: { kind: 'smtp', host: 'smtp.maravia.example', port: 465, tls: 'implicit', user: 'joe' },
    },
  ]);
  const everything = JSON.stringify([answers, (await admin.get('/api/mailboxes')).body, await dumpDatabase(desk())]);
  for (const secret of SECRETS) expect(everything).not.toContain(secret);
});

test('a mailbox sends with the tokens that it is read with, or with its own; none comes out, and none is left without', async () => {
  const oauth = { ...microsoft, refresh_token: REFRESH, client_secret: CLIENT };
  const shared = shown(await create({ source: { ...imap, oauth }, transport: { ...smtp, oauth: microsoft } }));
  expect(shared).toMatchObject({
    secrets: ['client_secret', 'refresh_token'],
    transport: { ...smtp, port: 465, oauth: { ...microsoft, tenant: 'organizations', grant: 'consent' } },
  });
  const orphan = await change(shared, { source: { ...imap, password: PASSWORD } });
  expect(Object.keys(orphan.body['details'] as object)).toEqual(['transport.oauth']);
  expect(
    shown(await change(shared, { transport: { kind: 'desk' }, source: { ...imap, password: PASSWORD } })),
  ).toMatchObject({
    secrets: ['password'],
  });

  const key = { provider: 'google', client_id: 'bot@project.example', grant: 'application', private_key: KEY };
  const own = shown(await create({ source: { ...imap, password: PASSWORD }, transport: { ...smtp, oauth: key } }));
  expect(own.secrets).toEqual(['password', 'transport_private_key']);
  const renamed = shown(await change(own, { source: { ...imap, folder: 'Support' } }));
  expect(renamed.secrets).toEqual(own.secrets);
  const everything = JSON.stringify([shared, own, await dumpDatabase(desk())]);
  for (const secret of SECRETS) expect(everything).not.toContain(secret);
});

test('a refresh token that the provider replaces is kept beside the other secrets, and never over what an admin entered since', async () => {
  const oauth = { ...microsoft, refresh_token: REFRESH, client_secret: CLIENT };
  const { id, version } = shown(await create({ source: { ...imap, oauth }, transport: { ...smtp, password: SMTP } }));
  const { sealing } = desk().secrets;
  const keep = (of: number, refreshToken: string) =>
    desk().transaction((tx) => keepSecret(tx, { id, version: of }, { refreshToken }, sealing));
  const stored = async () => readSecret(await desk().transaction((tx) => tx.em.findOneOrFail(Mailbox, id)), sealing);
  await keep(version, 'rotated');
  expect(await stored()).toEqual({ refreshToken: 'rotated', clientSecret: CLIENT, smtpPassword: SMTP });
  await change({ id, version }, { source: { ...imap, oauth: { ...microsoft, refresh_token: 'entered anew' } } });
  await keep(version, 'late');
  expect(await stored()).toEqual({ refreshToken: 'entered anew', clientSecret: CLIENT, smtpPassword: SMTP });
});

test('T33: a secret is sealed for its row: in another one it does not open', async () => {
  const { id } = shown(await create({ source: { ...imap, password: PASSWORD } }));
  const row = await desk().transaction((tx) => tx.em.findOneOrFail(Mailbox, id));
  const { sealing } = desk().secrets;
  expect(readSecret(row, sealing)).toEqual({ password: PASSWORD });
  expect(() => unseal(sealing, row.secret ?? '', secretPlace({ id: id + 1 }))).toThrow();
});

test('the secret of pushed mail is told once; a new one ends the old', async () => {
  const made = shown(await create({ source: { kind: 'http' } }));
  expect(made).toMatchObject({ push_secret: expect.stringMatching(/^whsec_/) as string, secrets: ['push_secret'] });
  expect(shown(await change(made, { signature: 'Help desk' })).push_secret).toBeNull();
  const renewed = shown(await admin.post(`/api/mailboxes/${made.id}/push-secret`));
  const push = (secret: string) =>
    client(desk().url).raw(`/api/inbound/${made.id}`, { method: 'POST', headers: signPush(secret, 'x'), body: 'x' });
  expect((await push(made.push_secret)).status).toBe(401);
  expect((await push(renewed.push_secret)).status).toBe(202);
});

test.each<[string, object, string]>([
  ['a password of nowhere', { source: imap }, 'source.password'],
  [
    'a password beside tokens',
    { source: { ...imap, password: 'x', oauth: { provider: 'google', client_id: 'a', refresh_token: 'b' } } },
    'source.password',
  ],
  ['no encryption to elsewhere', { source: { ...imap, tls: 'none', password: 'x' } }, 'source.tls'],
  [
    'a service account without its key',
    { source: { kind: 'gmail', credentials: account } },
    'source.credentials.private_key',
  ],
  ['a kind that only the environment may name', { source: { kind: 'maildir', path: '/etc' } }, 'source.kind'],
  [
    'a user without password to send by',
    { source: { kind: 'drop' }, transport: { kind: 'smtp', host: 'smtp.example', user: 'joe' } },
    'transport.password',
  ],
  [
    'mail sent in clear to elsewhere',
    { source: { kind: 'drop' }, transport: { kind: 'smtp', host: 'smtp.example', tls: 'none' } },
    'transport.tls',
  ],
  [
    'tokens to send with and nothing to ask for them',
    { source: { kind: 'drop' }, transport: { ...smtp, oauth: microsoft } },
    'transport.oauth.refresh_token',
  ],
  [
    'a password beside tokens to send with',
    { source: { kind: 'drop' }, transport: { ...smtp, password: 'x', oauth: { ...microsoft, refresh_token: 'b' } } },
    'transport.password',
  ],
  [
    'an app without its secret',
    { source: { ...imap, oauth: { ...microsoft, grant: 'application' } } },
    'source.oauth.client_secret',
  ],
  [
    'a service account to read by IMAP without its key',
    { source: { ...imap, oauth: { provider: 'google', client_id: 'bot@p.example', grant: 'application' } } },
    'source.oauth.private_key',
  ],
  [
    'sending by an account that is only read',
    {
      source: { kind: 'gmail', done_label: null, credentials: { ...account, private_key: KEY } },
      transport: { kind: 'gmail' },
    },
    'transport.kind',
  ],
  [
    'sending by an account there is none of',
    { source: { kind: 'drop' }, transport: { kind: 'gmail' } },
    'transport.kind',
  ],
  ['an unknown category', { source: { kind: 'drop' }, default_category: 'Nonsense' }, 'default_category'],
  ['domains that are none', { source: { kind: 'drop' }, sender_policy: 'domains' }, 'sender_domains'],
  [
    'belief in whoever writes to an account that is read',
    { source: { ...imap, password: 'x' }, sender_trust: 'submission' },
    'sender_trust',
  ],
  [
    'a local part that leaves no room for reply marks',
    { source: { kind: 'drop' }, address: 'a-very-long-local-part@maravia.example' },
    'address',
  ],
  ['the address of another mailbox', { source: { kind: 'drop' }, address: PRODUCTION['SUPPORT_ADDRESS'] }, 'address'],
  [
    'an alias that is the address of another mailbox',
    { source: { kind: 'drop' }, aliases: [PRODUCTION['SUPPORT_ADDRESS']] },
    'aliases',
  ],
])('%s is refused at its field, and no mailbox is made', async (_what, given, field) => {
  const count = async () => (await query('select 1 from mailbox')).length;
  const before = await count();
  const { status, body } = await create(given);
  expect([status, body['code'], Object.keys(body['details'] as object)]).toEqual([400, 'validation_failed', [field]]);
  expect(await count()).toBe(before);
});

test('of ten who add a mailbox for the same address at once one does', async () => {
  const same = { source: { kind: 'drop' }, address: 'one@maravia.example' };
  const answers = await Promise.all(Array.from({ length: 10 }, () => create(same)));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array<number>(9).fill(400)]);
});

test('a change keeps what it leaves out, secrets too; one made for an older version is refused', async () => {
  const before = shown(await create({ source: { ...imap, password: PASSWORD }, signature: 'Kind regards' }));
  const moved = { ...imap, folder: 'Support' };
  const after = shown(await change(before, { name: 'Billing', source: moved }));
  expect(after).toMatchObject({ name: 'Billing', signature: 'Kind regards', secrets: ['password'], source: moved });
  expect(after.version).toBe(before.version + 1);
  expect((await change(before, { name: 'Late' })).body).toMatchObject({ code: 'version_conflict' });
  expect((await change(after, { name: 'Billing' })).body).toMatchObject({ version: after.version });
});

test('who changed what is written down, without a name, an address or a word', async () => {
  const box = await drop({ name: 'Secret name' });
  await change(box, { signature: 'Very secret words', quiet: true });
  await admin.send('DELETE', `/api/mailboxes/${box.id}`);
  const rows = await query<{ action: string; actor_id: string; data: object }>(
    `select action, actor_id, data from audit_entry where subject_type = 'mailbox' and subject_id = ? order by id`,
    [box.id],
  );
  expect(rows).toEqual([
    { action: 'mailbox.created', actor_id: String(admin.id), data: { source: 'smtp', enabled: true } },
    { action: 'mailbox.changed', actor_id: String(admin.id), data: { fields: ['signature', 'quiet'], enabled: true } },
    { action: 'mailbox.changed', actor_id: String(admin.id), data: { fields: ['enabled'], enabled: false } },
  ]);
});

const nobody = () => client(desk().url);
let mails = 0;

/** A mail that is pushed into a mailbox, judged and answered: the ticket, and what went out for it. */
async function pushed({ id, push_secret, address }: Shown, from = 'ana@maravia.example') {
  const raw = `From: Ana Reyes <${from}>\r\nTo: ${address}\r\nSubject: Mail ${++mails}\r\nMessage-ID: <box${mails}@maravia.example>\r\n\r\nWords ${mails}\r\n`;
  const init = { method: 'POST', headers: signPush(push_secret, raw), body: raw };
  const { id: message } = (await (await nobody().raw(`/api/inbound/${id}`, init)).json()) as { id: number };
  await ingestMessages(desk().ingest, [message]);
  const [row] = await query<{ ticket_id: string | null; state: string; reason: string }>(
    'select ticket_id, state, reason from inbound_message where id = ?',
    [message],
  );
  return { ticket: Number(row?.ticket_id), state: row?.state, reason: row?.reason };
}

/** Has everything sent that a ticket makes. */
async function sendAll(ticket: number): Promise<{ template: string; state: string; reason: string | null }[]> {
  const events = await query<{ id: string }>(`select id from ticket_event where ticket_id = ? order by id`, [ticket]);
  await desk().transaction((tx) =>
    notifyEvents(
      tx,
      events.map(({ id }) => Number(id)),
      desk().jobs.notify,
    ),
  );
  const rows = await query<{ id: string }>('select id from outbound_message where ticket_id = ? order by id', [ticket]);
  await sendMessages(
    desk().transaction,
    rows.map(({ id }) => Number(id)),
    desk().jobs.send,
  );
  return query('select template, state, reason from outbound_message where ticket_id = ? order by id', [ticket]);
}

const believing = { source: { kind: 'http' }, sender_trust: 'submission' };

test('tickets of a mailbox get its category and department, and its mail goes out by its own server, from its address, with its signature', async () => {
  const own = await startTestCatcher();
  onTestFinished(() => own.stop());
  const transport = { kind: 'smtp', host: '127.0.0.1', port: own.port, tls: 'starttls' };
  const signature = 'Billing <team>\nMonday to Friday';
  const box = shown(
    await create({ ...believing, transport, signature, default_category: 'software', default_department: 'Finance' }),
  );
  expect(box).toMatchObject({ default_category: { name: 'Software' }, default_department: { name: 'Finance' } });
  const { ticket } = await pushed(box);
  expect((await admin.get(`/api/tickets/${ticket}`)).body).toMatchObject({
    category: 'Software',
    department: 'Finance',
  });
  const elsewhere = desk().caught.mails.length;
  const sent = ['ticket-received', 'new-ticket'].map((template) => ({ template, state: 'sent', reason: null }));
  expect(await sendAll(ticket)).toEqual(sent);
  expect(desk().caught.mails).toHaveLength(elsewhere);
  expect(own.mails).toHaveLength(sent.length);
  const raw = own.mails.find(({ to }) => to.includes('ana@maravia.example'))?.raw ?? '';
  expect(raw).toMatch(new RegExp(`^From: .*<${box.address}>`, 'm'));
  expect(raw).toContain('\r\nBilling <team>\r\nMonday to Friday\r\n');
  expect(raw).toContain('Billing &lt;team&gt;<br>Monday to Friday');

  // The next mail goes by what the mailbox says then, without a restart.
  await change(box, { transport: { kind: 'desk' }, signature: '' });
  const later = await pushed(box, 'bea@maravia.example');
  expect(await sendAll(later.ticket)).toEqual(sent);
  expect(own.mails).toHaveLength(sent.length);
  expect(desk().caught.mails.at(-1)?.raw).not.toContain('Monday to Friday');
});

test('a mailbox in quiet mode sends what people write and nothing else', async () => {
  const box = shown(await create({ ...believing, quiet: true }));
  const { ticket } = await pushed(box);
  expect(await sendAll(ticket)).toEqual([]);
  const version = (await admin.get(`/api/tickets/${ticket}`)).body['version'];
  const approve = { name: 'approve', version, priority: 'low', category: 'Software' };
  expect((await admin.post(`/api/tickets/${ticket}/transitions`, approve)).status).toBeLessThan(300);
  await admin.post(`/api/tickets/${ticket}/comments`, { body: 'A person wrote this.', visibility: 'public' });
  expect(await sendAll(ticket)).toEqual([
    { template: 'status-changed', state: 'suppressed', reason: 'The mailbox sends nothing automatically' },
    { template: 'public-reply', state: 'sent', reason: null },
  ]);
});

test('mail of senders that a mailbox does not take waits in quarantine', async () => {
  const box = shown(await create({ ...believing, sender_policy: 'domains', sender_domains: ['partner.example'] }));
  expect(await pushed(box)).toMatchObject({
    state: 'quarantined',
    reason: expect.stringMatching(/^not for this mailbox/) as string,
  });
  expect(await pushed(box, 'ben@partner.example')).toMatchObject({ state: 'applied' });
});

test('an alias is the mailbox: mail to it is no mail of somebody else', async () => {
  const box = await drop({ aliases: ['old-help@maravia.example'] });
  const found = await query<{ id: string }>(`select id from mailbox where 'old-help@maravia.example' = any(aliases)`);
  expect(found).toEqual([{ id: String(box.id) }]);
  expect((await create({ source: { kind: 'drop' }, address: 'old-help@maravia.example' })).status).toBe(400);
});
