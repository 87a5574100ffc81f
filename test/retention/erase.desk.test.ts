import { readdir, readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { verifyAudit } from '../../src/db/verify-audit.ts';
import { silent } from '../../src/log.ts';
import { notifyAccounts } from '../../src/mail/outbound/notify-accounts.ts';
import { Employee } from '../../src/people/employee.ts';
import { sweepUnused } from '../../src/retention/sweep-unused.ts';
import { outbox } from '../mail/outbound/outbox.ts';
import { newActor, type Actor } from '../support/actors.ts';
import { auditOf } from '../support/audit.ts';
import { useDesk } from '../support/desk.ts';
import { doTask } from '../support/tasks.ts';

const desk = useDesk({ web: true });
const { open, comment, notify, send, row } = outbox(desk);
let admin: Actor;
let marta: Actor;
beforeAll(async () => {
  admin = await newActor(desk(), 'admin');
  marta = await newActor(desk(), 'coordinator', 'Marta');
});

const query = <T>(sql: string, params: unknown[] = []) => desk().transaction((tx) => tx.em.execute<T[]>(sql, params));
const close = (id: number, status = 'closed') => query('update ticket set status = ? where id = ?', [status, id]);
const employee = (id: number) => desk().transaction((tx) => tx.em.findOneOrFail(Employee, id));
const erase = (id: number, body: object = { reason: 'Asked for it by letter.' }, by = admin) =>
  by.post(`/api/employees/${id}/erase`, body);
const taskOf = (answer: { body: Record<string, unknown> }) => (answer.body['task'] as { id: number }).id;

/** Tables of the desk in which the words still stand, whatever column they stand in. */
async function tablesWith(words: string): Promise<string[]> {
  const tables = await query<{ name: string }>(
    `select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables where schemaname in ('public', 'pgboss') order by 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const [hit] = await query(`select from ${name} t where position(? in lower(t::text)) > 0 limit 1`, [words]);
    if (hit) found.push(name);
  }
  return found;
}

/** Blobs in which the words stand, when those that nobody refers to have gone. */
async function blobsWith(words: string): Promise<string[]> {
  const dir = join(desk().config.dataDir, 'blobs');
  const paths = (await readdir(dir, { recursive: true })).filter((path) => /[0-9a-f]{64}$/.test(path));
  const long = new Date(Date.now() - 8 * 24 * 3600_000);
  for (const path of paths) await utimes(join(dir, path), long, long);
  await sweepUnused({ transaction: desk().transaction, blobs: desk().blobs, log: silent });
  const left = (await readdir(dir, { recursive: true })).filter((path) => /[0-9a-f]{64}$/.test(path));
  const texts = await Promise.all(left.map((path) => readFile(join(dir, path), 'utf8')));
  return left.filter((_, at) => texts[at]?.toLowerCase().includes(words));
}

const MARK = 'zyxmark';
const EMAIL = `${MARK}.mail@flyhigh.example`;
const mailOf = (subject: string, extra = '') =>
  `From: Zyxmarkanna Zyxmarklund <${EMAIL}>\r\nTo: ${desk().mailbox.address}\r\nSubject: ${subject}\r\nMessage-ID: <${subject.replaceAll(' ', '-')}@${MARK}.example>\r\n` +
  `Date: Mon, 02 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n${extra}Content-Type: multipart/mixed; boundary=b\r\n\r\n` +
  `--b\r\nContent-Type: text/html\r\n\r\n<p>Zyxmarkwords about a lamp</p><blockquote>old</blockquote>\r\n` +
  `--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=zyxmark.txt\r\n\r\nzyxmark file\r\n--b--\r\n`;

/** Everything that a person leaves behind in a desk: an account made with a key, mails about it, a ticket by mail, files, answers, mail that became nothing. */
async function leaveTraces() {
  const made = await admin.send(
    'POST',
    '/api/employees',
    { first_name: 'Zyxmarkanna', last_name: 'Zyxmarklund', email: EMAIL },
    { 'Idempotency-Key': 'made-once' },
  );
  const id = made.body['id'] as number;
  await query('update employee set signature = ? where id = ?', ['Zyxmarkanna, room 4', id]);
  const notices = await query<{ id: string }>('select id from account_notice where employee_id = ?', [id]);
  await desk().transaction((tx) =>
    notifyAccounts(
      tx,
      notices.map((one) => Number(one.id)),
      desk().jobs.notify,
    ),
  );
  const mails = await query<{ id: string }>('select id from outbound_message where recipient_id = ?', [id]);
  await send(mails.map((one) => Number(one.id)));

  await query(
    `insert into mail_stop (kind, address, reason, opened_at, resumed_at) values ('bounce', ?, 'none', now(), now())`,
    [EMAIL],
  );
  const message = await desk().receive(mailOf('Zyxmark lamp'));
  const [{ ticket_id } = { ticket_id: '0' }] = await query<{ ticket_id: string }>(
    'select ticket_id from inbound_message where id = ?',
    [message.id],
  );
  const own = Number(ticket_id);
  await marta.post(`/api/tickets/${own}/comments`, {
    body: 'Dear Zyxmarkanna Zyxmarklund, a new lamp is under way. A zyx mark remains.',
  });
  await marta
    .post('/api/tickets/bulk', { ids: [own], action: { type: 'assign', assignee: marta.id } })
    .then((answer) => doTask(desk(), taskOf(answer)));
  await send((await notify()).map((one) => one.id));

  const renamed = { subject: 'Zyxmark lamp, second floor', priority: 'low' };
  expect((await marta.send('PATCH', `/api/tickets/${own}`, renamed)).status).toBe(200);
  const other = await open(await employee(marta.id), { subject: 'The lift of Zyxmarklund' });
  await query(`insert into participant (ticket_id, employee_id, state, created_at) values (?, ?, 'confirmed', now())`, [
    other.id,
    id,
  ]);
  await comment(other, await employee(id), 'Zyxmarkwords about a lift');
  await comment(other, await employee(marta.id), `Write to ${EMAIL.toUpperCase()}, please`);
  await send((await notify()).map((one) => one.id));
  await query(
    `insert into participant_proposal (ticket_id, address, name, created_at) values (?, ?, 'Zyxmarkanna', now())`,
    [...[other.id, EMAIL]],
  );
  await query(
    `insert into comment_version (comment_id, revision, body, html, replaced_at)
       select id, 1, body || ' Zyxmarkanna Zyxmarklund', '<p>Zyxmarkanna Zyxmarklund</p>', now() from comment where ticket_id = ?`,
    [other.id],
  );
  await desk().receive(mailOf('Zyxmark away', 'Auto-Submitted: auto-replied\r\n'));
  await desk().receive(
    'Received: from a by b; Mon, 02 Nov 2026 10:00:00 +0000\r\n'.repeat(60) + mailOf('Zyxmark loop'),
  );
  return { id, own, other: other.id, message: message.id };
}

test('G2: of who is erased no name, address, word or file is left in the database and on disk; the audit log holds', async () => {
  const { id, own, other, message } = await leaveTraces();
  expect((await tablesWith(MARK)).length).toBeGreaterThanOrEqual(8); // else the search below shows nothing
  expect((await blobsWith(MARK)).length).toBeGreaterThan(2);
  await close(own);
  const answer = await erase(id);
  expect(answer).toMatchObject({ status: 202, body: { task: { kind: 'erase-person', state: 'queued', total: 3 } } });
  expect(await doTask(desk(), taskOf(answer))).toMatchObject({ state: 'done', progress: 3 });

  expect(await tablesWith(MARK)).toEqual([]);
  expect(await blobsWith(MARK)).toEqual([]);
  const kept = await query<{ id: string; recipient_id: string; ticket_id: string }>(
    'select id, recipient_id, ticket_id from outbound_message where mime is not null',
  );
  expect(kept.filter((one) => Number(one.recipient_id) === id || Number(one.ticket_id) === own)).toEqual([]);
  expect((await verifyAudit(desk().transaction)).faults).toEqual([]);
  const [erased] = (await auditOf(desk(), id)).filter(({ action }) => action === 'employee.erased');
  expect(erased).toMatchObject({
    actor: admin.id,
    data: { tickets: 2, reason_sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  });

  const ticket = (await marta.get(`/api/tickets/${own}`)).body as unknown as {
    subject: string;
    requester: object;
    attachment_count: number;
    conversation: { body: string }[];
  };
  expect(ticket).toMatchObject({ subject: '[erased]', attachment_count: 0, requester: { id, name: 'Erased person' } });
  expect(ticket.conversation.map(({ body }) => body)).toEqual([
    '[erased]',
    'Dear [erased], a new lamp is under way. A zyx mark remains.',
  ]);
  const elsewhere = (await marta.get(`/api/tickets/${other}`)).body as unknown as {
    subject: string;
    conversation: { body: string }[];
  };
  expect(elsewhere.subject).toBe('The lift of [erased]');
  expect(elsewhere.conversation.map(({ body }) => body)).toEqual([
    'It stays dark.',
    '[erased]',
    'Write to [erased], please',
  ]);
  expect((await admin.get(`/api/ledger/${message}`)).body).toMatchObject({
    sender: null,
    source: null,
    reason: 'erased with the person it was about',
  });
  expect((await admin.get(`/api/employees/${id}`)).body).toMatchObject({
    ...{
      email: `erased-${id}@erased.invalid`,
      company_id: null,
      status: 'disabled',
      moves: [],
      erased_at: expect.stringMatching(/Z$/),
    },
  });

  // They take part in nothing any more: no mail is made for them.
  expect(await query('select ticket_id from participant where employee_id = ?', [id])).toEqual([
    { ticket_id: String(own) },
  ]);

  // Whoever writes from that address again is somebody new.
  const again = await desk().receive(mailOf('A new lamp'));
  expect(again).toMatchObject({ state: 'applied', decision: 'open-ticket' });
  expect(await query('select id from employee where email = ? and id > ?', [EMAIL, id])).toHaveLength(1);
});

test('who is erased is signed out at once, and cannot be changed or erased again', async () => {
  const ben = await newActor(desk(), 'employee', 'Ben');
  expect((await erase(ben.id)).status).toBe(202);
  expect((await ben.get('/api/profile')).status).toBe(401);
  for (const answer of [
    await erase(ben.id),
    await admin.send('PATCH', `/api/employees/${ben.id}`, { status: 'approved' }),
    await admin.post(`/api/employees/${ben.id}/invite`),
  ])
    expect(answer).toMatchObject({ status: 410, body: { code: 'gone' } });
});

test('nobody is erased while a ticket of theirs, or one given to them, is not over', async () => {
  const ben = await newActor(desk(), 'coordinator', 'Ben');
  const own = await open(await employee(ben.id));
  const given = await open(await employee(marta.id));
  await query(`update ticket set assignee_id = ?, status = 'open' where id = ?`, [ben.id, given.id]);
  const answer = await erase(ben.id);
  expect(answer).toMatchObject({ status: 409, body: { code: 'conflict', details: { requested: 1, assigned: 1 } } });
  expect((await ben.get('/api/profile')).body).toMatchObject({ first_name: 'Ben' });
  for (const { id } of [own, given]) await close(id, 'withdrawn');
  expect((await erase(ben.id)).status).toBe(202);
});

test('what staff answered others stays when they are erased, without their name', async () => {
  const cleo = await newActor(desk(), 'coordinator', 'Cleopatra');
  const ticket = await open(await employee(marta.id));
  await comment(ticket, await employee(cleo.id), 'Press the button. Your Cleopatra');
  const answer = await erase(cleo.id);
  await doTask(desk(), taskOf(answer));
  const { conversation } = (await marta.get(`/api/tickets/${ticket.id}`)).body as unknown as {
    conversation: { body: string; author: { name: string } }[];
  };
  expect(conversation.at(-1)).toMatchObject({
    body: 'Press the button. Your [erased]',
    author: { name: 'Erased person' },
  });
});

test('nobody erases themselves or the last admin, and a sign-in must be recent for it', async () => {
  expect(await erase(admin.id)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  const [ben, ann] = [await newActor(desk(), 'employee', 'Ben'), await newActor(desk(), 'admin', 'Ann')];
  await query(`update session set authenticated_at = now() - interval '16 minutes' where id = ?`, [ann.sessionId]);
  expect(await erase(ben.id, undefined, ann)).toMatchObject({
    status: 403,
    body: { code: 'reauthentication_required' },
  });
  expect(await erase(ben.id, {})).toMatchObject({ status: 400, body: { details: { reason: expect.any(Array) } } });
  expect(await erase(999_999)).toMatchObject({ status: 404 });
  expect((await ben.get('/api/profile')).status).toBe(200);
});

test('an erasure goes on when the admin who began it has left, and where it stopped', async () => {
  const ann = await newActor(desk(), 'admin', 'Ann');
  const dora = await newActor(desk(), 'employee', 'Dora');
  const ticket = await open(await employee(dora.id), { subject: 'Secret of Dora' });
  await close(ticket.id);
  const id = taskOf(await erase(dora.id, undefined, ann));
  await query(`update employee set status = 'disabled' where id = ?`, [ann.id]);
  expect(await doTask(desk(), id)).toMatchObject({ state: 'done', input: {} });
  expect((await marta.get(`/api/tickets/${ticket.id}`)).body['subject']).toBe('[erased]');
});

test('mails that wait for who is erased are not sent', async () => {
  const eve = await newActor(desk(), 'employee', 'Eve');
  const ticket = await open(await employee(eve.id));
  await comment(ticket, await employee(marta.id), 'It is done.');
  const mails = (await notify()).filter((mail) => mail.ticket?.id === ticket.id);
  await close(ticket.id);
  await doTask(desk(), taskOf(await erase(eve.id)));
  const states = await Promise.all(mails.map(async ({ id }) => (await row(id)).state));
  expect(states.length).toBeGreaterThan(0);
  expect(new Set(states)).toEqual(new Set(['suppressed']));
});
