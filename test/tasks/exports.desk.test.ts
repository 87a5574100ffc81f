import { parse } from 'csv-parse/sync';
import { beforeAll, expect, test } from 'vitest';
import { claimTask } from '../../src/tasks/held-task.ts';
import { forgetTasks } from '../../src/tasks/forget-tasks.ts';
import { newActor, newKey, type Actor } from '../support/actors.ts';
import { auditRows } from '../support/audit.ts';
import { useDesk } from '../support/desk.ts';
import { setSettings } from '../support/settings.ts';
import { doTask } from '../support/tasks.ts';

let later = 0;
const desk = useDesk({ web: true, clock: () => new Date(Date.now() + later) });
let admin: Actor;
let marta: Actor;
let ana: Actor;
beforeAll(async () => {
  admin = await newActor(desk(), 'admin');
  marta = await newActor(desk(), 'coordinator', 'Marta');
  ana = await newActor(desk(), 'employee', 'Ana');
});

const query = <T>(sql: string, params: unknown[] = []) => desk().transaction((tx) => tx.em.execute<T[]>(sql, params));
const open = async (subject: string, by = ana) =>
  (await by.post('/api/tickets', { subject, description: 'x', category: 'Other' })).body as {
    id: number;
    ticket_number: string;
  };
interface Told {
  id: number;
  state: string;
  progress: number;
  total: number;
  result: unknown[];
  error: string | null;
  file: { name: string; content_type: string; url: string | null; until: string | null } | null;
}
const order = async (path: string, body: object = {}, by = admin) => {
  const answer = await by.post(path, body);
  expect(answer.status).toBe(202);
  return answer.body['task'] as Told;
};
const read = async (id: number, by = admin) => (await by.get(`/api/tasks/${id}`)).body as unknown as Told;
const fileOf = async ({ file }: Told, by = admin) => by.raw(file?.url ?? '/nowhere');
/** Orders a file, has it made, and gives its text. */
async function exported(path: string, body: object = {}, by = admin): Promise<string> {
  const { id } = await order(path, body, by);
  await doTask(desk(), id);
  const response = await fileOf(await read(id, by), by);
  expect(response.status).toBe(200);
  return response.text();
}
const rowsOf = (text: string) => parse(text, { bom: true, columns: true }) as unknown as Record<string, string>[];

test('an export is a task: it answers at once, tells how far it is, and its file can be had for a day', async () => {
  await open('A lamp');
  const begun = await order('/api/tickets/export');
  expect(begun).toMatchObject({
    ...{ state: 'queued', progress: 0, total: 1, result: [] },
    file: {
      name: expect.stringMatching(/^tickets-\d{4}-\d\d-\d\d\.csv$/),
      content_type: 'text/csv; charset=utf-8',
      url: null,
      until: null,
    },
  });
  expect((await admin.get(`/api/tasks/${begun.id}/file`)).status).toBe(409);
  await doTask(desk(), begun.id);
  const done = await read(begun.id);
  expect(done).toMatchObject({ state: 'done', progress: 1, result: [], file: { url: `/api/tasks/${begun.id}/file` } });
  const response = await fileOf(done);
  expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename=tickets-/);
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(rowsOf(await response.text()).map(({ subject }) => subject)).toContain('A lamp');

  later = 24 * 3600_000 + 1000;
  await query(`update session set rotated_at = ?, expires_at = ? where id = ?`, [
    new Date(Date.now() + later),
    new Date(Date.now() + 2 * later),
    admin.sessionId,
  ]);
  expect(await admin.get(`/api/tasks/${begun.id}/file`)).toMatchObject({ status: 410, body: { code: 'gone' } });
  expect((await read(begun.id)).file).toMatchObject({ url: null, until: done.file?.until });
  await desk().transaction(forgetTasks);
  expect(await query('select from task_file where task_id = ?', [begun.id])).toEqual([]);
  later = 0;
});

test('T34: no cell of an exported file begins a formula', async () => {
  await open('=HYPERLINK("https://evil.example")');
  await open('+1 lamp');
  const subjects = rowsOf(await exported('/api/tickets/export')).map(({ subject }) => subject);
  expect(subjects).toEqual(expect.arrayContaining([`'=HYPERLINK("https://evil.example")`, `'+1 lamp`]));
});

test('an export has every row once, in pieces, by its filters, and nothing that came after it was ordered', async () => {
  await query(`insert into employee (email, role, status, created_at, updated_at)
    select 'mass-' || n || '@maravia.example', 'employee', 'contact', now(), now() from generate_series(1, 4500) n`);
  const begun = await order('/api/employees/export', { format: 'jsonl', status: 'contact' });
  expect(begun.total).toBeGreaterThanOrEqual(3);
  await query(
    `insert into employee (email, role, status, created_at, updated_at) values ('late@maravia.example', 'employee', 'contact', now(), now())`,
  );
  expect(await doTask(desk(), begun.id)).toMatchObject({ state: 'done', progress: begun.total });
  const lines = (await (await fileOf(await read(begun.id))).text()).trim().split('\n');
  const people = lines.map((line) => JSON.parse(line) as { email: string; status: string });
  expect(people.filter(({ email }) => email.startsWith('mass-'))).toHaveLength(4500);
  expect(new Set(people.map(({ email }) => email)).size).toBe(people.length);
  expect(people.some(({ email, status }) => email.startsWith('late') || status !== 'contact')).toBe(false);
});

test('what a worker left half-made when it vanished is gone on with, and no piece is there twice', async () => {
  const begun = await order('/api/employees/export');
  const vanished = await desk().transaction((tx) => claimTask(tx, begun.id, crypto.randomUUID()));
  expect(vanished?.progress).toBe(0);
  later = 61_000;
  await doTask(desk(), begun.id);
  later = 0;
  const pieces = await query<{ part: number }>('select part from task_file where task_id = ? order by part', [
    begun.id,
  ]);
  expect(pieces.map(({ part }) => part)).toEqual(Array.from({ length: begun.total }, (_, part) => part));
});

test('the audit log as a file holds every entry with its hashes, and ordering it is an entry itself', async () => {
  const text = await exported('/api/audit/export', { format: 'jsonl', action: 'tickets.' });
  const entries = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { action: string; row_hash: string });
  expect(entries.length).toBeGreaterThan(0);
  expect(entries.every(({ action, row_hash }) => action === 'tickets.exported' && row_hash.length === 64)).toBe(true);
  expect((await auditRows(desk(), 'audit.exported')).at(-1)).toMatchObject({
    actor_id: String(admin.id),
    data: { format: 'jsonl', action: 'tickets.' },
  });
});

test('a coordinator gets the tickets of their departments only, and no file any more when their departments change', async () => {
  const [it, other] = await query<{ id: string }>('select id from department order by id limit 2');
  const [mine, foreign] = [await open('In my department'), await open('In another one')];
  await query('update ticket set department_id = ? where id = ?', [it?.id, mine.id]);
  await query('update ticket set department_id = ? where id = ?', [other?.id, foreign.id]);
  await query('insert into coordinator_department (employee_id, department_id) values (?, ?)', [marta.id, it?.id]);
  await setSettings(desk(), { coordinator_scope: 'departments' });
  const { id } = await order('/api/tickets/export', {}, marta);
  await doTask(desk(), id);
  const numbers = rowsOf(await (await fileOf(await read(id, marta), marta)).text()).map(
    ({ ticket_number }) => ticket_number,
  );
  expect([numbers.includes(mine.ticket_number), numbers.includes(foreign.ticket_number)]).toEqual([true, false]);

  const waiting = await order('/api/tickets/export', {}, marta);
  await query('update coordinator_department set department_id = ? where employee_id = ?', [other?.id, marta.id]);
  expect(await marta.get(`/api/tasks/${id}/file`)).toMatchObject({ status: 410, body: { code: 'gone' } });
  expect(await doTask(desk(), waiting.id)).toMatchObject({ state: 'failed', error: expect.stringMatching(/rights/) });
  await setSettings(desk(), { coordinator_scope: 'all' });
});

test('a file is for whoever ordered it: for another admin there is none, and a key needs the scope of what is in it', async () => {
  const { id } = await order('/api/audit/export');
  await doTask(desk(), id);
  const other = await newActor(desk(), 'admin');
  expect((await other.get(`/api/tasks/${id}`)).status).toBe(200);
  expect((await other.get(`/api/tasks/${id}/file`)).status).toBe(404);
  const narrow = await newKey(desk(), admin, ['tickets:read']);
  expect(await narrow.get(`/api/tasks/${id}/file`)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  const wide = await newKey(desk(), admin, ['tickets:read', 'audit:read']);
  expect((await wide.get(`/api/tasks/${id}/file`)).status).toBe(200);
});
