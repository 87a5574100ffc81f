import { beforeAll, expect, test } from 'vitest';
import { ingestMessages } from '../../src/mail/inbound/ingest-messages.ts';
import { listLedger } from '../../src/mail/ledger/list-ledger.ts';
import { receiveMessage } from '../../src/mail/inbound/receive-message.ts';
import { notifyEvents } from '../../src/mail/outbound/notify-events.ts';
import { newActor, type Actor } from '../support/actors.ts';
import { useDesk } from '../support/desk.ts';
import { findBreaches } from '../support/invariants.ts';
import { connected } from '../support/connected.ts';

const desk = useDesk({ web: true });
const query = <T>(sql: string, params: unknown[] = []) => desk().transaction((tx) => tx.em.execute<T[]>(sql, params));

let admin: Actor;
/** A mailbox that takes requests of known employees only. */
let strict: number;
beforeAll(async () => {
  admin = await newActor(desk(), 'admin');
  const [row] = await query<{ id: string }>(
    `insert into mailbox (name, address, source, sender_trust, sender_policy, created_at)
     values ('Billing', 'billing@localhost', 'smtp', 'submission', 'employees', now()) returning id`,
  );
  strict = Number(row?.id);
});

interface Step {
  what: string;
  state: string | null;
  reason: string | null;
  actor: { id: number } | null;
}
interface Message {
  id: number;
  state: string;
  reason: string | null;
  subject: string | null;
  ticket: { id: number; ticket_number: string } | null;
  deliveries: { id: number; mailbox: { name: string }; state: string }[];
  steps: Step[];
  may: string[];
}
const read = async (id: number) => (await admin.get(`/api/ledger/${id}`)).body as unknown as Message;
const act = (id: number, what: string, body: object = {}) => admin.post(`/api/ledger/${id}/${what}`, body);
const page = async (path: string) =>
  (await admin.get(path)).body as unknown as { next: string | null; previous: string | null; results: Message[] };

let turn = 0;
const mailOf = (headers: string, to = 'support@localhost') =>
  `${headers}\nTo: ${to}\nMessage-ID: <ledger${++turn}@maravia.example>\n\nWords of mail ${turn}.\n`;

/** Receives a mail as the drop would, and has it judged. */
async function deliver(raw: string, mailboxId: number, judge = true): Promise<number> {
  const blob = await desk().blobs.put(Buffer.from(raw));
  const given = { mailboxId, sourceKey: `t:${++turn}`, raw: blob, envelopeFrom: null, envelopeTo: null };
  const { id } = await desk().transaction((tx) => receiveMessage(tx, { ...given, quiet: false, wake: false }));
  if (judge) await work(id);
  return id;
}

const work = (...ids: number[]) => ingestMessages(desk().ingest, ids);

/** The mails that are written about a ticket, and those that are kept back with the reason. */
async function mailsOf(ticket: number): Promise<unknown[]> {
  const events = await query<{ id: string }>(`select id from ticket_event where ticket_id = ?`, [ticket]);
  const ids = events.map(({ id }) => Number(id));
  await desk().transaction((tx) => notifyEvents(tx, ids, desk().jobs.notify));
  return query('select recipient, state, reason from outbound_message where ticket_id = ?', [ticket]);
}

const auditOf = async (id: number) =>
  query<{ action: string; data: object }>(
    `select action, data from audit_entry where subject_type = 'inbound_message' and subject_id = ? order by id`,
    [id],
  );

test('every mail stands in the ledger with what it became and why, newest first', async () => {
  const { id: applied } = await desk().receive('new-request');
  const { id: suppressed } = await desk().receive('vacation-reply');
  const { id: quarantined } = await desk().receive('no-author');
  const { results } = await page('/api/ledger');
  expect(results).toMatchObject([
    { id: quarantined, state: 'quarantined', reason: expect.stringMatching(/^no usable sender/), ticket: null },
    { id: suppressed, state: 'suppressed', reason: expect.stringMatching(/^automatic answer: .*auto/i) },
    {
      id: applied,
      state: 'applied',
      decision: 'open-ticket',
      reason: 'a new request',
      sender: 'grace@navy.example',
      subject: 'There is a moth in the relay',
      message_id: '<q1@navy.example>',
      trust: 'T2',
      mailbox: { address: desk().mailbox.address },
      ticket: { ticket_number: expect.stringMatching(/^TX\d{4}$/) },
      comment_id: expect.any(Number),
      deliveries: [],
    },
  ]);
});

test('mails are found by state, mailbox, reason, sender, subject and Message-ID, in whatever case', async () => {
  const billed = await deliver(mailOf('From: Ana <ana@maravia.example>\nSubject: 100% of_the bill'), strict);
  const found = async (query: string) => (await page(`/api/ledger?${query}`)).results.map(({ id }) => id);
  expect(await found('state=quarantined&q=bill')).toEqual([billed]);
  expect(await found('state=applied&q=bill')).toEqual([]);
  expect(await found(`mailbox=${strict}`)).toEqual([billed]);
  expect(await found('reason=not+a+KNOWN+employee')).toEqual([billed]);
  expect(await found('q=ANA%40maravia')).toEqual([billed]);
  expect(await found(`q=${encodeURIComponent('<Q1@navy')}`)).toHaveLength(1);
  expect(await found('q=100%25+of_')).toEqual([billed]);
  expect(await found('q=1_0%25')).toEqual([]);
});

test('pages of the ledger follow each other without a gap, forwards and back', async () => {
  const all = (await page('/api/ledger')).results.map(({ id }) => id);
  const forwards: number[] = [];
  let [path, last]: (string | null)[] = ['/api/ledger?limit=2', null];
  while (path) {
    const { results, next }: { results: Message[]; next: string | null } = await page(path);
    forwards.push(...results.map(({ id }) => id));
    [last, path] = [path, next];
  }
  expect(forwards).toEqual(all);
  const { previous } = await page(last ?? '');
  expect((await page(previous ?? '')).results.map(({ id }) => id)).toEqual(all.slice(0, 2));
});

test('a mail to two of our mailboxes is one ticket, and its two rows name each other', async () => {
  const raw = mailOf('From: Ben <ben@maravia.example>\nSubject: To both');
  const first = await deliver(raw, desk().mailbox.id);
  const second = await deliver(raw, strict);
  const [one, other] = [await read(first), await read(second)];
  expect(one.deliveries).toEqual([
    { id: second, state: 'suppressed', mailbox: { id: strict, name: 'Billing', address: 'billing@localhost' } },
  ]);
  expect(other).toMatchObject({ deliveries: [{ id: first, state: 'applied' }], ticket: one.ticket });
});

test('a mail that one of our mailboxes does not take becomes a ticket of another that does, and is then done in both', async () => {
  const raw = mailOf('From: Eve <eve@maravia.example>\nSubject: Refused and taken');
  const refused = await deliver(raw, strict);
  expect(await read(refused)).toMatchObject({ state: 'quarantined', ticket: null });
  const taken = await deliver(raw, desk().mailbox.id);
  const { ticket, reason } = await read(taken);
  expect({ ticket, reason }).toEqual({
    ticket: { id: expect.any(Number), ticket_number: expect.any(String) },
    reason: 'a new request',
  });
  expect(await read(refused)).toMatchObject({ state: 'quarantined', ticket, may: ['discard'] });
  // Once more to either: the same message, which is known now.
  for (const again of [await deliver(raw, strict), await deliver(raw, desk().mailbox.id)])
    expect(await read(again)).toMatchObject({
      state: 'suppressed',
      reason: expect.stringMatching(/^duplicate/),
      ticket,
    });
  // Of two that do not take it, both say so.
  const other = mailOf('From: Eve <eve@maravia.example>\nSubject: Refused twice');
  const [first, second] = [await deliver(other, strict), await deliver(other, strict)];
  expect(await read(first)).toMatchObject({ state: 'quarantined' });
  expect(await read(second)).toMatchObject({ state: 'suppressed', reason: expect.stringMatching(/^duplicate/) });
});

test('a mail that cannot be read is made a ticket all the same, once: it is the person’s who said so, with the mail attached as it came', async () => {
  const raw = `From: ana@maravia.example\nX-Long: ${'x'.repeat(300_000)}\n\nWords\n`;
  const id = await deliver(raw, desk().mailbox.id);
  expect(await read(id)).toMatchObject({
    state: 'quarantined',
    reason: expect.stringMatching(/^header-too-large/),
    may: ['retry', 'open-ticket', 'discard'],
  });
  await Promise.all(Array.from({ length: 5 }, () => act(id, 'open-ticket')));
  await Promise.all([work(id), work(id)]);
  const { state, reason, ticket } = await read(id);
  expect({ state, reason }).toEqual({
    state: 'applied',
    reason: expect.stringMatching(/^a person made it a ticket; it could not be read/),
  });
  expect(await query('select id from ticket where id = ?', [ticket?.id])).toHaveLength(1);
  const { body } = await admin.get(`/api/tickets/${ticket?.id}`);
  const [words] = body['conversation'] as {
    body: string;
    attachments: { id: number; filename: string; url: string }[];
  }[];
  expect(body).toMatchObject({ subject: 'A message that could not be read', requester: { id: admin.id } });
  expect(words?.attachments).toMatchObject([{ filename: `message-${id}.eml`, size: raw.length }]);
  expect(await (await admin.raw(words?.attachments[0]?.url ?? '')).text()).toBe(raw);
  expect((await act(id, 'open-ticket')).status).toBe(409);
});

test('words are found by an index, however long the ledger is', async () => {
  const plans = await desk().transaction(async (tx) => {
    await tx.em.execute('set local enable_seqscan = off');
    const asked: string[] = [];
    const explaining = Object.assign(Object.create(tx.em) as typeof tx.em, {
      execute: async (sql: string, params: unknown[]) => {
        const plan = await tx.em.execute<object[]>(`explain ${sql}`, params);
        asked.push(JSON.stringify(plan));
        return [];
      },
    });
    await listLedger(explaining, { q: 'relay' });
    await listLedger(explaining, { reason: 'employee' });
    return asked.filter((plan) => plan.includes('ilike') || plan.includes('~~*'));
  });
  expect(plans).toHaveLength(2);
  expect(plans[0]).toContain('inbound_message_words');
  expect(plans[0]).toContain('mail_message_words');
  expect(plans[1]).toContain('inbound_message_words');
});

test('a mail tells how its sender was checked, what it counts as, and each step with its reason', async () => {
  const { id } = await desk().receive(
    mailOf('From: Cem <cem@maravia.example>\nSubject: Away\nAuto-Submitted: auto-replied'),
  );
  expect(await read(id)).toMatchObject({
    classification: [expect.stringMatching(/auto-submitted/i)],
    check: { found_in: 'from', reply_mark: 'none', authentication: { dmarc: 'skipped' } },
    source: { size: expect.any(Number), header_only: false },
    next_at: null,
    steps: [
      { what: 'discovered', reason: null },
      { what: 'judged', state: 'suppressed', reason: expect.stringMatching(/^automatic answer/), actor: null },
    ],
    may: ['open-ticket'],
  });
  expect((await admin.get('/api/ledger/999999')).status).toBe(404);
});

test('T12, V11: the source of a mail is what came, byte for byte, as a file that nothing runs in, and who read it is written down', async () => {
  const raw = mailOf('From: Eve <eve@maravia.example>\nContent-Type: text/html\nSubject: <script>alert(1)</script>');
  const id = await deliver(raw, desk().mailbox.id);
  const response = await admin.raw(`/api/ledger/${id}/source`);
  expect(await response.text()).toBe(raw);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'message/rfc822',
    'content-disposition': `attachment; filename=message-${id}.eml`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringMatching(/^sandbox; default-src 'none'/),
    'cache-control': 'private, no-store',
  });
  expect(await auditOf(id)).toEqual([
    { action: 'message.source_read', data: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
  ]);
});

test('a mail in quarantine is judged again under the rules of now, and is no duplicate of itself', async () => {
  const id = await deliver(mailOf('From: Dora <dora@maravia.example>\nSubject: Let me in'), strict);
  const again = await act(id, 'retry');
  expect(again).toMatchObject({ status: 202, body: { state: 'fetched', reason: null, may: ['open-ticket'] } });
  expect((await act(id, 'retry')).status).toBe(202);
  await work(id);
  expect(await read(id)).toMatchObject({
    state: 'quarantined',
    reason: expect.stringMatching(/^not for this mailbox/),
  });

  await query(`update mailbox set sender_policy = 'everyone' where id = ?`, [strict]);
  await act(id, 'retry');
  await work(id);
  await query(`update mailbox set sender_policy = 'employees' where id = ?`, [strict]);
  const { state, ticket, steps } = await read(id);
  expect(state).toBe('applied');
  expect(steps.map(({ what, state, actor }) => [what, state, actor?.id ?? null])).toEqual([
    ['discovered', null, null],
    ['judged', 'quarantined', null],
    ['retried', null, admin.id],
    ['judged', 'quarantined', null],
    ['retried', null, admin.id],
    ['judged', 'applied', null],
  ]);
  expect(await act(id, 'retry')).toMatchObject({ status: 409, body: { code: 'conflict', details: { ticket } } });
  expect((await auditOf(id)).map(({ action }) => action)).toEqual(['message.retried', 'message.retried']);
});

test('a mail that failed and waits for its time is tried at once', async () => {
  const id = await deliver(mailOf('From: Finn <finn@maravia.example>\nSubject: Failing'), desk().mailbox.id, false);
  await query(
    `update inbound_message set attempts = 3, last_error = 'x', next_at = now() + interval '1 hour' where id = ?`,
    [id],
  );
  expect((await read(id)).may).toContain('retry');
  expect(await act(id, 'retry')).toMatchObject({ status: 202, body: { attempts: 0, last_error: null } });
  expect(await query(`select 1 from inbound_message where id = ? and next_at <= now()`, [id])).toHaveLength(1);
  expect(await jobsFor(id)).toBe(1);
  await work(id);
  expect((await read(id)).state).toBe('applied');
});

async function jobsFor(id: number): Promise<number> {
  const jobs = await query<{ data: { ids: number[] } }>(`select data from pgboss.job where name = 'ingest-messages'`);
  return jobs.filter(({ data }) => data.ids.includes(id)).length;
}

test('what was suppressed is not judged again', async () => {
  const { id } = await desk().receive(mailOf('From: a@maravia.example\nSubject: Out\nAuto-Submitted: auto-replied'));
  expect(await act(id, 'retry')).toMatchObject({ status: 409, body: { details: { state: 'suppressed' } } });
});

test('20 who make the same mail a ticket at once make one; its history names the person, and an unverified sender gets no receipt', async () => {
  const id = await deliver(mailOf('Reply-To: greta@maravia.example\nSubject: Released', 'billing@localhost'), strict);
  const answers = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const { status } = await act(id, 'open-ticket');
      await work(id);
      return status;
    }),
  );
  expect(answers).toContain(202);
  expect(answers.filter((status) => status !== 202 && status !== 409)).toEqual([]);
  const { state, ticket, reason } = await read(id);
  expect([state, reason]).toEqual(['applied', 'a person made it a ticket']);
  expect(await query(`select count(*)::int as n from ticket where subject = 'Released'`)).toEqual([{ n: 1 }]);
  const { body } = await admin.get(`/api/tickets/${ticket?.id}`);
  expect(body).toMatchObject({
    requester: { email: 'greta@maravia.example' },
    events: [{ type: 'opened', actor: { id: admin.id } }],
  });
  expect(await mailsOf(ticket?.id ?? 0)).toEqual([
    { recipient: 'greta@maravia.example', state: 'suppressed', reason: 'The sender could not be verified' },
  ]);
  expect(await act(id, 'open-ticket')).toMatchObject({ status: 409, body: { details: { ticket } } });
  expect(await auditOf(id)).toEqual([{ action: 'message.ticket_ordered', data: { state: 'quarantined' } }]);
});

test('who is let out of quarantine and is verified gets the receipt, and the answer to it comes to the ticket', async () => {
  const raw = mailOf('From: Hana <hana@maravia.example>\nSubject: Verified', 'billing@localhost');
  const id = await deliver(raw, strict);
  await act(id, 'open-ticket');
  await work(id);
  const { ticket } = await read(id);
  expect(await mailsOf(ticket?.id ?? 0)).toMatchObject([{ recipient: 'hana@maravia.example', state: 'pending' }]);
  const [, messageId = ''] = /Message-ID: (\S+)/.exec(raw) ?? [];
  const answer = await deliver(
    mailOf(`From: Hana <hana@maravia.example>\nSubject: Re: Verified\nIn-Reply-To: ${messageId}`),
    desk().mailbox.id,
  );
  expect(await read(answer)).toMatchObject({ state: 'applied', ticket });
});

test('an automatic answer that is made a ticket is answered by nobody', async () => {
  const { id } = await desk().receive(mailOf('From: i@maravia.example\nSubject: Robot\nAuto-Submitted: auto-replied'));
  await act(id, 'open-ticket');
  await work(id);
  const { ticket } = await read(id);
  expect(await mailsOf(ticket?.id ?? 0)).toMatchObject([
    { state: 'suppressed', reason: 'The message must not be answered automatically' },
  ]);
});

test('a mail that nobody could be answered for is the ticket of the person who made it one', async () => {
  const { id } = await desk().receive(mailOf('Subject: From nobody'));
  await act(id, 'open-ticket');
  await work(id);
  const { body } = await admin.get(`/api/tickets/${(await read(id)).ticket?.id}`);
  expect(body).toMatchObject({ subject: 'From nobody', requester: { id: admin.id } });
});

test('two deliveries of one mail that are made tickets at once are one ticket', async () => {
  const raw = mailOf('From: Jo <jo@maravia.example>\nSubject: Twice held');
  const [one, other] = [await deliver(raw, strict), await deliver(raw, strict)];
  await Promise.all([act(one, 'open-ticket'), act(other, 'open-ticket')]);
  await Promise.all([work(one), work(other)]);
  expect(await query(`select count(*)::int as n from ticket where subject = 'Twice held'`)).toEqual([{ n: 1 }]);
  const { ticket } = await read(one);
  expect(ticket).not.toBeNull();
  expect((await read(other)).ticket).toEqual(ticket);
  for (const id of [one, other])
    expect(await act(id, 'open-ticket')).toMatchObject({ status: 409, body: { details: { ticket } } });
});

test('what a person discards is kept with the reason, and can still be made a ticket', async () => {
  const raw = mailOf('From: Kim <kim@maravia.example>\nSubject: Spam?');
  const id = await deliver(raw, strict);
  const answer = await act(id, 'discard', { reason: 'A newsletter' });
  expect(answer).toMatchObject({
    status: 200,
    body: {
      state: 'suppressed',
      reason: 'discarded by a person: A newsletter',
      steps: [
        { what: 'discovered' },
        { what: 'judged', state: 'quarantined' },
        { what: 'discarded', state: 'suppressed', actor: { id: admin.id } },
      ],
      may: ['open-ticket'],
    },
  });
  expect(await (await admin.raw(`/api/ledger/${id}/source`)).text()).toBe(raw);
  expect(await act(id, 'discard', { reason: 'Again' })).toMatchObject({ status: 409, body: { code: 'conflict' } });
  expect((await act(id, 'retry')).status).toBe(409);
  await act(id, 'open-ticket');
  await work(id);
  expect((await read(id)).steps.map(({ what, state }) => [what, state])).toEqual([
    ['discovered', null],
    ['judged', 'quarantined'],
    ['discarded', 'suppressed'],
    ['ordered', null],
    ['judged', 'applied'],
  ]);
  expect(JSON.stringify(await auditOf(id))).not.toMatch(/newsletter|kim|spam/i);
  expect((await auditOf(id)).map(({ action }) => action)).toEqual([
    'message.discarded',
    'message.source_read',
    'message.ticket_ordered',
  ]);
});

test('what is left satisfies every invariant', async () => {
  const { databaseUrl, config } = desk();
  const breaches = await connected(databaseUrl, (client) => findBreaches(client, config.dataDir, { atRest: false }));
  expect(breaches).toEqual([]);
});
