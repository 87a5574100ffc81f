import { expect, test } from 'vitest';
import { notifyEvents } from '../../src/mail/outbound/notify-events.ts';
import { sendMessages } from '../../src/mail/outbound/send-messages.ts';
import { outboundMessageId, replyAddress } from '../../src/mail/reply-token.ts';
import { lockTickets } from '../../src/tickets/locked-ticket.ts';
import { transitionTicket, type TransitionTicket } from '../../src/tickets/transition-ticket.ts';
import { useDesk } from '../support/desk.ts';

const desk = useDesk();
let turn = 0;

interface Mail {
  from?: string;
  to?: string;
  cc?: string;
  subject?: string;
  id?: string;
  text?: string;
  headers?: string;
}

/** A mail as bytes, with a Message-ID of its own unless one is given. */
function mail({
  from = 'Ana <ana@maravia.example>',
  to = 'support@localhost',
  cc,
  subject = 'No sound',
  id = `m${++turn}@maravia.example`,
  text = 'It is silent.',
  headers = '',
}: Mail = {}): string {
  return `From: ${from}\nTo: ${to}\n${cc ? `Cc: ${cc}\n` : ''}Subject: ${subject}\nMessage-ID: <${id}>\nDate: Mon, 05 Jan 2026 08:00:00 +0000\n${headers}\n${text}\n`;
}

async function openByMail(given: Mail = {}) {
  const inbound = await desk().receive(mail(given));
  const ticketId = inbound.ticketId ?? 0;
  const [row] = await query<{ id: string }>('select id from participant where ticket_id = ?', [ticketId]);
  const replyTo = replyAddress(desk().secrets.replyTokens, desk().mailbox, ticketId, Number(row?.id));
  return { ticketId, replyTo, inbound };
}

function query<T>(sql: string, params: unknown[] = []): Promise<T[]> {
  return desk().transaction((tx) => tx.em.execute<T[]>(sql, params));
}

const comments = (ticketId: number) =>
  query<{ body: string; visibility: string; trust: string; email: string }>(
    `select c.body, c.visibility, c.trust, e.email from comment c join employee e on e.id = c.author_id where ticket_id = ? order by c.id`,
    [ticketId],
  );

const statusOf = async (ticketId: number) =>
  (await query<{ status: string }>('select status from ticket where id = ?', [ticketId]))[0]?.status;

async function move(ticketId: number, given: Omit<TransitionTicket, 'actor' | 'channel'>): Promise<void> {
  const staff =
    (await query<{ id: string }>(`select id from employee where role = 'admin'`))[0] ?? (await desk().account('admin'));
  const actor = {
    id: Number(staff.id),
    email: 'admin@desk.example',
    role: 'admin',
    status: 'approved',
    departmentId: null,
  } as const;
  await desk().transaction(async (tx) => {
    const ticket = (await lockTickets(tx, [ticketId])).get(ticketId);
    if (ticket) await transitionTicket(tx, ticket, { ...given, actor, channel: 'api' });
  });
}

/** Notices and sends all that is due, and tells who got what. */
async function deliverAll(): Promise<string[]> {
  const before = desk().caught.mails.length;
  const events = await query<{ id: string }>(`select id from ticket_event where notice = 'pending'`);
  if (events.length > 0)
    await desk().transaction((tx) =>
      notifyEvents(
        tx,
        events.map(({ id }) => Number(id)),
        desk().jobs.notify,
      ),
    );
  const rows = await query<{ id: string }>(`select id from outbound_message where state = 'pending'`);
  if (rows.length > 0)
    await sendMessages(
      desk().transaction,
      rows.map(({ id }) => Number(id)),
      desk().jobs.send,
    );
  return desk()
    .caught.mails.slice(before)
    .flatMap(({ to, raw }) => to.map((address) => `${address}\n${raw}`));
}

test('a reply to the token address under another subject is a comment on the same ticket', async () => {
  const { ticketId, replyTo } = await openByMail();
  const reply = await desk().receive(mail({ to: replyTo, subject: 'something else', text: 'Still silent.' }));
  expect(reply).toMatchObject({ state: 'applied', decision: 'add-comment', ticketId, trust: 'T3' });
  expect(await comments(ticketId)).toMatchObject([
    { body: 'It is silent.' },
    { body: 'Still silent.', visibility: 'public' },
  ]);
});

test('T03, T04: whoever else writes to the token address is held back: staff decide, the requester hears nothing of it', async () => {
  const { ticketId, replyTo } = await openByMail();
  await deliverAll();
  const reply = await desk().receive(
    mail({ from: 'Slack <no-reply@slack.example>', to: replyTo, text: 'Your code is 123456.' }),
  );
  expect(reply).toMatchObject({ state: 'applied', trust: 'T2' });
  expect((await comments(ticketId))[1]).toMatchObject({ visibility: 'pending', email: 'no-reply@slack.example' });
  expect((await deliverAll()).filter((sent) => sent.includes('123456'))).toEqual([]);
});

test('T02: no token with a single character changed joins a ticket', async () => {
  const { ticketId, replyTo } = await openByMail();
  const at = replyTo.indexOf('@');
  for (let i = 'support+r.'.length; i < at; i++) {
    const flipped = replyTo.slice(0, i) + (replyTo[i] === 'a' ? 'b' : 'a') + replyTo.slice(i + 1);
    await desk().receive(mail({ to: flipped, text: `Flipped at ${i}` }));
  }
  expect(await comments(ticketId)).toHaveLength(1);
});

test('T01: a guessed number, a tag in the subject and a Cc give nobody a way in', async () => {
  const { ticketId } = await openByMail();
  await deliverAll();
  const guess = mail({
    from: 'Mallory <mallory@evil.example>',
    to: `support+${ticketId}@localhost`,
    cc: 'mallory2@evil.example',
    subject: `Re: [TX0001] [#${ticketId}]`,
  });
  await desk().receive(guess);
  expect(await comments(ticketId)).toHaveLength(1);
  expect(
    await query(
      `select 1 from participant p join employee e on e.id = p.employee_id where e.email = 'mallory2@evil.example'`,
    ),
  ).toEqual([]);
  expect((await deliverAll()).filter((sent) => sent.startsWith('mallory2@'))).toEqual([]);
});

test('a plain reply that only knows our Message-ID finds its ticket', async () => {
  const { ticketId } = await openByMail();
  await deliverAll();
  const [ack] = await query<{ message_id: string }>('select message_id from outbound_message where ticket_id = ?', [
    ticketId,
  ]);
  const reply = await desk().receive(
    mail({ headers: `In-Reply-To: ${ack?.message_id}\nAuto-Submitted: no\n`, text: 'By reference.' }),
  );
  expect(reply).toMatchObject({ state: 'applied', ticketId, trust: 'T3' });
});

test('an answer to a resolved ticket reopens it, one to a pending ticket resumes it, one to a closed ticket opens a linked one', async () => {
  const { ticketId, replyTo } = await openByMail();
  await move(ticketId, { name: 'approve', priority: 'low', categoryId: 1 });
  await move(ticketId, { name: 'wait' });
  await desk().receive(mail({ to: replyTo, text: 'Here is the number.' }));
  expect(await statusOf(ticketId)).toBe('in_progress');
  await move(ticketId, { name: 'resolve', comment: 'Done.' });
  await desk().receive(mail({ to: replyTo, text: 'No, it is not.' }));
  expect(await statusOf(ticketId)).toBe('in_progress');
  await move(ticketId, { name: 'resolve', comment: 'Now.' });
  await move(ticketId, { name: 'close' });
  const late = await desk().receive(mail({ to: replyTo, text: 'It is back.' }));
  expect(late).toMatchObject({ state: 'applied', decision: 'open-ticket' });
  expect(await query('select follows_id::int from ticket where id = ?', [late.ticketId])).toEqual([
    { follows_id: ticketId },
  ]);
});

test('T38: the same Message-ID with other words is another message, and the same message twice is one', async () => {
  const id = 'same@maravia.example';
  const first = await desk().receive(mail({ id, text: 'The real one.' }));
  const again = await desk().receive(mail({ id, text: 'The real one.' }));
  const other = await desk().receive(mail({ id, text: 'An impostor.' }));
  expect(again).toMatchObject({
    state: 'suppressed',
    reason: expect.stringContaining('duplicate'),
    ticketId: first.ticketId,
  });
  expect(other).toMatchObject({ state: 'applied', decision: 'open-ticket' });
  const rows = await query(`select collides from mail_message where message_id = '<${id}>' order by id`);
  expect(rows).toEqual([{ collides: false }, { collides: true }]);
});

test('M41: mails without a Message-ID that say the same at the same time are one', async () => {
  const bare =
    'From: scanner@maravia.example\nTo: support@localhost\nSubject: Scan\nDate: Mon, 05 Jan 2026 08:00:00 +0000\n\nA page.\n';
  expect((await desk().receive(bare)).state).toBe('applied');
  expect(await desk().receive(bare)).toMatchObject({
    state: 'suppressed',
    reason: expect.stringContaining('duplicate'),
  });
});

test('R1, R3: machines that answer us get nothing, and no ticket', async () => {
  const { ticketId, replyTo } = await openByMail();
  await deliverAll();
  const tickets = await query('select id from ticket');
  for (const headers of [
    'Auto-Submitted: auto-replied\n',
    'Auto-Submitted: auto-generated; x=y\nIn-Reply-To: <a@b>\n',
    'X-Autoreply: yes\n',
  ])
    expect(
      await desk().receive(mail({ to: replyTo, headers, subject: 'Out of office', text: 'I am away.' })),
    ).toMatchObject({ state: 'suppressed' });
  expect(await query('select id from ticket')).toEqual(tickets);
  expect(await comments(ticketId)).toHaveLength(1);
  expect(await deliverAll()).toEqual([]);
});

test('R8: mail that the desk sent itself never becomes a ticket', async () => {
  const id = outboundMessageId(desk().secrets.replyTokens, desk().mailbox, 12345).slice(1, -1);
  expect(await desk().receive(mail({ id }))).toMatchObject({
    state: 'suppressed',
    reason: expect.stringContaining('own message'),
  });
});

test('R7: 60 Received lines are a loop and wait for a person', async () => {
  const headers = 'Received: from a by b; Mon, 05 Jan 2026 08:00:00 +0000\n'.repeat(60);
  expect(await desk().receive(mail({ headers }))).toMatchObject({
    state: 'quarantined',
    reason: expect.stringContaining('loop'),
  });
});

test('a quiet import notifies nobody', async () => {
  await deliverAll();
  const inbound = await desk().receive(mail({ from: 'Old <old@maravia.example>' }), { quiet: true });
  expect(inbound.state).toBe('applied');
  expect(await deliverAll()).toEqual([]);
});

test('every outcome in the ledger has a reason', async () => {
  expect(
    await query(`select id from inbound_message where reason is null or reason = '' or finished_at is null`),
  ).toEqual([]);
});
