import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { verifyAudit } from '../../src/db/verify-audit.ts';
import { silent } from '../../src/log.ts';
import { enforceRetention } from '../../src/retention/enforce-retention.ts';
import { sweepUnused } from '../../src/retention/sweep-unused.ts';
import type { Settings } from '../../src/settings/schema.ts';
import { newActor, type Actor } from '../support/actors.ts';
import { auditRows } from '../support/audit.ts';
import { useDesk } from '../support/desk.ts';
import { dumpDatabase } from '../support/dump.ts';
import { setSettings } from '../support/settings.ts';

const desk = useDesk({ web: true });
let admin: Actor;
let ana: Actor;
beforeAll(async () => {
  admin = await newActor(desk(), 'admin');
  ana = await newActor(desk(), 'employee', 'Ana');
});

const OFF = { retention_days: 0, retention_quarantine_days: 0, retention_tickets_days: 0 };
const set = (settings: Partial<Settings>) => setSettings(desk(), { ...OFF, ...settings });
beforeEach(() => set({}));

const query = <T>(sql: string, params: unknown[] = []) => desk().transaction((tx) => tx.em.execute<T[]>(sql, params));
const enforce = () => enforceRetention({ transaction: desk().transaction, log: silent });
const sweepBlobs = () => sweepUnused({ transaction: desk().transaction, blobs: desk().blobs, log: silent });
const count = async (table: string, where = 'true', params: unknown[] = []) =>
  Number((await query<{ n: string }>(`select count(*) as n from ${table} where ${where}`, params))[0]?.n);

let mails = 0;
const mail = (sender = `mara-${++mails}@flyhigh.example`, extra = '') =>
  `From: Mara Marek <${sender}>\r\nTo: ${desk().mailbox.address}\r\nSubject: Lamp ${++mails}\r\nMessage-ID: <lamp-${mails}@flyhigh.example>\r\n${extra}` +
  `Date: Mon, 02 Nov 2026 10:00:00 +0000\r\n\r\nIt is dark, number ${mails}.\r\n`;

/** A ticket by mail whose last change was so many days ago. */
async function ticketOf(days: number, status = 'closed', raw = mail()) {
  const message = await desk().receive(raw);
  const [row] = await query<{ ticket_id: string; raw_sha256: string }>(
    'select ticket_id, raw_sha256 from inbound_message where id = ?',
    [message.id],
  );
  const id = Number(row?.ticket_id);
  await query(`update ticket_event set notice = 'done' where ticket_id = ?`, [id]);
  await age('ticket', id, days, 'updated_at', 'status = ?', [status]);
  await age('inbound_message', message.id, days, 'finished_at');
  return { id, message: message.id, sha256: row?.raw_sha256 ?? '', raw };
}
const age = (table: string, id: number, days: number, column: string, also = 'id = id', params: unknown[] = []) =>
  query(`update ${table} set ${column} = now() - make_interval(days => ?), ${also} where id = ?`, [
    ...[days, ...params, id],
  ]);
async function ageBlob(sha256: string) {
  const long = new Date(Date.now() - 8 * 24 * 3600_000);
  await utimes(join(desk().config.dataDir, 'blobs', sha256.slice(0, 2), sha256), long, long);
}
const ledger = async (id: number) => (await admin.get(`/api/ledger/${id}`)).body;

test('G3: nothing is ever deleted for its age unless an admin says so', async () => {
  const { id, message } = await ticketOf(3000);
  expect(await enforce()).toEqual({});
  expect((await admin.get(`/api/tickets/${id}`)).status).toBe(200);
  expect(await ledger(message)).toMatchObject({ source: { size: expect.any(Number) }, source_deleted_at: null });
});

test('G3: the bytes of a mail go when its ticket has been over for the days of the setting; what it said stays', async () => {
  const [old, young, open] = [await ticketOf(91), await ticketOf(89), await ticketOf(91, 'on_hold')];
  for (const { sha256 } of [old, young, open]) await ageBlob(sha256);
  await set({ retention_days: 90 });
  await enforce();
  await sweepBlobs();
  const kept = await Promise.all([old, young, open].map(({ sha256 }) => desk().blobs.size(sha256)));
  expect(kept).toEqual([null, young.raw.length, open.raw.length]);
  expect(await ledger(old.message)).toMatchObject({
    ...{ state: 'applied', source: null, source_deleted_at: expect.stringMatching(/Z$/), may: [] },
    ticket: { id: old.id },
  });
  expect((await admin.get(`/api/ledger/${old.message}/source`)).status).toBe(404);
  const [comment] = (await admin.get(`/api/tickets/${old.id}`)).body['conversation'] as { body: string }[];
  expect(comment?.body).toContain('It is dark');
});

test('a mail whose bytes were deleted is no new one when it comes again', async () => {
  const { raw, id } = await ticketOf(91);
  await set({ retention_days: 90 });
  await enforce();
  const again = await desk().receive(raw);
  expect([again.state, again.reason]).toEqual(['suppressed', expect.stringMatching(/duplicate|already|again/i)]);
  await set({ retention_tickets_days: 90 });
  await enforce();
  expect((await admin.get(`/api/tickets/${id}`)).status).toBe(404);
  expect((await desk().receive(raw)).state).toBe('suppressed');
});

test('the bytes of a mail that was sent go too, and an answer to it still finds its ticket', async () => {
  const { id } = await ticketOf(91);
  const [row] = await query<{ id: string }>(
    `insert into outbound_message (ticket_id, mailbox_id, template, locale, recipient, envelope_from, message_id, mime, mime_sha256, state, send_after, created_at, finished_at)
     values (?, ?, 'public-reply', 'en', 'x@y.example', '', '<sent-1@desk.example>', '\\x41', 'a', 'sent', now(), now(), now() - interval '91 days') returning id`,
    [id, desk().mailbox.id],
  );
  await set({ retention_days: 90 });
  expect(await enforce()).toMatchObject({ sent_mail: 1 });
  expect(
    await query('select mime, mime_sha256, message_id, state from outbound_message where id = ?', [row?.id]),
  ).toEqual([{ mime: null, mime_sha256: null, message_id: '<sent-1@desk.example>', state: 'sent' }]);
});

test('G3: mail that waits in quarantine for the days of the setting is suppressed, with its reason, and what it waited for is told', async () => {
  const loop = 'Received: from a by b; Mon, 02 Nov 2026 10:00:00 +0000\r\n'.repeat(60);
  const [old, young] = [await desk().receive(loop + mail()), await desk().receive(loop + mail())];
  expect([old.state, young.state]).toEqual(['quarantined', 'quarantined']);
  await age('inbound_message', old.id, 31, 'finished_at');
  await age('inbound_message', young.id, 29, 'finished_at');
  await set({ retention_quarantine_days: 30 });
  expect(await enforce()).toEqual({ quarantine: 1 });
  expect(await ledger(young.id)).toMatchObject({ state: 'quarantined', may: ['retry', 'open-ticket', 'discard'] });
  const told = await ledger(old.id);
  expect(told).toMatchObject({ state: 'suppressed', source: null, may: [] });
  expect(told['reason']).toBe('nobody decided on it: deleted after 30 days in quarantine, as the settings say');
  expect((told['steps'] as { what: string; state: string | null }[]).map(({ what, state }) => [what, state])).toEqual([
    ['discovered', null],
    ['judged', 'quarantined'],
    ['judged', 'suppressed'],
  ]);
});

test('G3: a ticket that has been over for the days of the setting goes with everything in it; the ledger says why', async () => {
  const [old, young, open] = [await ticketOf(366), await ticketOf(364, 'rejected'), await ticketOf(366, 'new')];
  await set({ retention_tickets_days: 365 });
  await enforce();
  const statuses = await Promise.all(
    [old, young, open].map(async ({ id }) => (await admin.get(`/api/tickets/${id}`)).status),
  );
  expect(statuses).toEqual([404, 200, 200]);
  for (const table of ['comment', 'participant', 'ticket_event', 'outbound_message', 'mail_message', 'inbound_message'])
    expect([table, await count(table, 'ticket_id = ?', [old.id])]).toEqual([table, 0]);
  expect(await ledger(old.message)).toMatchObject({
    ...{ state: 'applied', sender: null, subject: null, source: null, ticket: null, may: [] },
    reason: 'its ticket was deleted 365 days after it was over, as the settings say',
  });
});

test('a ticket that an open one goes on from stays until that is over too', async () => {
  const [first, second] = [await ticketOf(400), await ticketOf(400, 'open')];
  await query('update ticket set follows_id = ? where id = ?', [first.id, second.id]);
  await set({ retention_tickets_days: 365 });
  await enforce();
  expect((await admin.get(`/api/tickets/${second.id}`)).body['follows']).toMatchObject({ id: first.id });
  await age('ticket', second.id, 400, 'updated_at', 'status = ?', ['closed']);
  await enforce();
  expect((await admin.get(`/api/tickets/${first.id}`)).status).toBe(404);
});

test('an answer to a ticket that was deleted becomes a new one; who is known from mail only is forgotten with the last one', async () => {
  const sender = 'gone@flyhigh.example';
  const { id } = await ticketOf(400, 'closed', mail(sender));
  const [before] = await query<{ id: string; message_id: string }>(
    `select e.id, m.message_id from employee e, mail_message m where e.email = ? and m.ticket_id = ?`,
    [sender, id],
  );
  await age('employee', Number(before?.id), 400, 'updated_at');
  await set({ retention_tickets_days: 365 });
  await enforce();
  expect(await count('employee', 'email = ?', [sender])).toBe(0);
  const answer = await desk().receive(
    mail(sender, `In-Reply-To: ${before?.message_id}\r\nReferences: ${before?.message_id}\r\n`),
  );
  expect(answer).toMatchObject({ state: 'applied', decision: 'open-ticket' });
  expect(await count('employee', 'email = ?', [sender])).toBe(1);
});

test('somebody with an account stays, whatever became of their tickets', async () => {
  await query(`update employee set updated_at = now() - interval '10 years' where id = ?`, [ana.id]);
  await set({ retention_tickets_days: 1 });
  await enforce();
  expect((await ana.get('/api/profile')).status).toBe(200);
});

test('the dry run tells what would go, by the settings or by other days, when it went last, and changes nothing', async () => {
  await set({ retention_tickets_days: 2000 });
  await enforce();
  const days = 1500;
  await ticketOf(days + 2);
  await ticketOf(days + 1);
  const foresee = async (asked = '') =>
    ((await admin.get(`/api/settings/retention${asked}`)).body['results'] as Record<string, unknown>[]).find(
      ({ rule }) => rule === 'tickets',
    );
  const before = await dumpDatabase(desk());
  expect(await foresee()).toMatchObject({ setting: 'retention_tickets_days', days: 2000, due: 0, oldest: null });
  const tried = await foresee(`?retention_tickets_days=${days}`);
  expect(tried).toMatchObject({ days, due: 2, due_capped: false, oldest: expect.stringMatching(/Z$/) });
  expect(await foresee('?retention_tickets_days=0')).toMatchObject({ days: 0, due: 0 });
  expect(await dumpDatabase(desk())).toEqual(before);
  await set({ retention_tickets_days: days });
  expect(await enforce()).toMatchObject({ tickets: tried?.['due'] });
  expect(await foresee()).toMatchObject({ due: 0, last: { at: expect.stringMatching(/Z$/), count: 2 } });
});

test('each batch is written down with its rule, days and ids; and the chain of the audit log holds', async () => {
  const { id } = await ticketOf(800);
  await set({ retention_tickets_days: 700 });
  await enforce();
  const last = (await auditRows(desk(), 'retention.deleted')).findLast(({ data }) => data['rule'] === 'tickets');
  expect(last).toMatchObject({
    actor_id: null,
    data: { rule: 'tickets', setting: 'retention_tickets_days', days: 700, count: 1, ids: [id] },
  });
  expect((await verifyAudit(desk().transaction)).faults).toEqual([]);
});

test('a batch that breaks off leaves all of it; the next turn goes on; two at once delete each ticket once', async () => {
  const ids = [];
  for (let n = 0; n < 3; n++) ids.push((await ticketOf(600 + n)).id);
  await set({ retention_tickets_days: 500 });
  const owner = new pg.Client(desk().databaseOwnerUrl);
  await owner.connect();
  await owner.query(`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'a disk is full'; end $$;
    create trigger refuse before delete on ticket for each row when (old.id = ${ids[0]}) execute function refuse()`);
  await expect(enforce()).rejects.toThrow('a disk is full');
  expect(await count('ticket', 'id in (?)', [ids])).toBe(3);
  expect(await count('comment', 'ticket_id in (?)', [ids])).toBe(3);
  await owner.query('drop trigger refuse on ticket; drop function refuse');
  await owner.end();
  const both = await Promise.all([enforce(), enforce()]);
  expect(both.reduce((sum, { tickets = 0 }) => sum + tickets, 0)).toBe(3);
});

test('what only served to sign in goes by itself: ended sessions but the last, links, and mails about accounts', async () => {
  const ben = await newActor(desk(), 'employee', 'Ben');
  const row = (days: number, hash: string) =>
    query(
      `insert into session (employee_id, refresh_hash, rotated_at, created_at, expires_at) select ?, ?, at, at, at + interval '30 days'
         from (select now() - make_interval(days => ?) as at) moment`,
      [ben.id, hash, days],
    );
  await query('delete from session where employee_id = ?', [ben.id]);
  for (const [days, hash] of [
    [90, 'old'],
    [80, 'older'],
    [70, 'last'],
  ] as const)
    await row(days, hash);
  await query(
    `insert into account_link (employee_id, purpose, nonce, token_hash, created_at, expires_at) values (?, 'sign-in', 'n', 'spent', now(), now() - interval '31 days'), (?, 'sign-in', 'n', 'fresh', now(), now())`,
    [ben.id, ben.id],
  );
  await query(
    `insert into account_notice (employee_id, template, state, created_at) values (?, 'password-changed', 'done', now() - interval '91 days'), (?, 'password-changed', 'pending', now() - interval '91 days')`,
    [ben.id, ben.id],
  );
  expect(await enforce()).toMatchObject({ sessions: 2, links: 1, account_mails: 1 });
  expect(await query('select refresh_hash from session where employee_id = ?', [ben.id])).toEqual([
    { refresh_hash: 'last' },
  ]);
  expect(await query('select token_hash from account_link where employee_id = ?', [ben.id])).toEqual([
    { token_hash: 'fresh' },
  ]);
});
