import pg from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { silent } from '../../src/log.ts';
import { sweep } from '../../src/mail/sweep.ts';
import { forgetTasks } from '../../src/tasks/forget-tasks.ts';
import { claimTask, recordPart } from '../../src/tasks/held-task.ts';
import { runTasks } from '../../src/tasks/run-tasks.ts';
import { newActor, type Actor } from '../support/actors.ts';
import { useDesk } from '../support/desk.ts';

let later = 0;
const desk = useDesk({ web: true, clock: () => new Date(Date.now() + later) });
let marta: Actor;
beforeAll(async () => {
  marta = await newActor(desk(), 'coordinator', 'Marta');
});

interface Task {
  id: number;
  state: string;
  progress: number;
  total: number;
  failed: number;
  result: { id: number; ok: boolean; problem: { code: string } | null }[];
  error: string | null;
  finished_at: string | null;
}

/** The worker's turn, as a job would give it. */
const work = (id: number) =>
  runTasks({ transaction: desk().transaction, log: silent, links: desk().secrets.links }, [id]);
const query = <T>(sql: string, params: unknown[] = []) => desk().transaction((tx) => tx.em.execute<T[]>(sql, params));

async function tickets(count: number): Promise<number[]> {
  const ids: number[] = [];
  for (let n = 0; n < count; n++) {
    const body = { subject: `One of ${count}`, description: 'x', category: 'Other', priority: 'low' };
    ids.push((await marta.post('/api/tickets', body)).body['id'] as number);
  }
  return ids;
}

async function begin(
  ids: number[],
  action: unknown = { type: 'transition', name: 'approve' },
  by = marta,
): Promise<Task> {
  const answer = await by.post('/api/tickets/bulk', { ids, action });
  expect(answer.status).toBe(202);
  return answer.body['task'] as Task;
}

const read = async (id: number, by = marta) => (await by.get(`/api/tasks/${id}`)).body as unknown as Task;
const changesOf = async (ids: number[]) =>
  (
    await query<{ ticket_id: string }>(
      `select ticket_id from ticket_event where ticket_id in (?) and type in ('status_changed', 'assigned') order by ticket_id`,
      [ids],
    )
  ).map(({ ticket_id }) => Number(ticket_id));

test('a bulk change answers at once, and tells for each ticket what became of it', async () => {
  const [one = 0, two = 0, three = 0] = await tickets(3);
  await marta.post(`/api/tickets/${two}/transitions`, { name: 'approve' });
  const begun = await begin([one, two, 999_999, three]);
  expect(begun).toMatchObject({ state: 'queued', progress: 0, total: 4, failed: 0, result: [], finished_at: null });
  await work(begun.id);
  expect(await read(begun.id)).toMatchObject({
    ...{ state: 'done', progress: 4, failed: 2, error: null, finished_at: expect.stringMatching(/Z$/) },
    result: [
      { id: one, ok: true, problem: null },
      {
        id: two,
        ok: false,
        problem: { code: 'invalid_transition', error: expect.any(String), details: expect.any(Object) },
      },
      { id: 999_999, ok: false, problem: { code: 'not_found' } },
      { id: three, ok: true, problem: null },
    ],
  });
  for (const id of [one, three]) expect((await marta.get(`/api/tickets/${id}`)).body['status']).toBe('open');
});

test('tickets are assigned together, to somebody of staff only, and taken away again', async () => {
  const ids = await tickets(2);
  const ben = await newActor(desk(), 'coordinator', 'Ben');
  const ana = await newActor(desk(), 'employee', 'Ana');
  const assign = async (assignee: number | null) => {
    const { id } = await begin(ids, { type: 'assign', assignee });
    await work(id);
    return read(id);
  };
  expect(await assign(ben.id)).toMatchObject({ failed: 0 });
  expect((await marta.get(`/api/tickets/${ids[0]}`)).body).toMatchObject({
    version: 2,
    assignee: { id: ben.id },
    events: [{ type: 'opened' }, { type: 'assigned', actor: { id: marta.id }, data: { to: 'Ben Example' } }],
  });
  expect(await assign(ben.id)).toMatchObject({ failed: 0 });
  expect(await changesOf(ids)).toEqual(ids); // who has it keeps it: no second line
  for (const nobody of [ana.id, 999_999])
    expect((await assign(nobody)).result).toEqual(
      ids.map((id) =>
        expect.objectContaining({ id, ok: false, problem: expect.objectContaining({ code: 'validation_failed' }) }),
      ),
    );
  expect(await assign(null)).toMatchObject({ failed: 0 });
  expect((await marta.get(`/api/tickets/${ids[1]}`)).body['assignee']).toBeNull();
});

test('a task is seen by who started it and by admins; for others there is none', async () => {
  const { id } = await begin(await tickets(1));
  const admin = await newActor(desk(), 'admin');
  const other = await newActor(desk(), 'coordinator');
  expect((await admin.get(`/api/tasks/${id}`)).status).toBe(200);
  expect((await other.get(`/api/tasks/${id}`)).status).toBe(404);
});

test.each([
  ['no ticket', []],
  ['a ticket twice', [1, 1]],
  ['501 tickets', Array.from({ length: 501 }, (_, n) => n + 1)],
])('a bulk change of %s is refused', async (_, ids) => {
  const answer = await marta.post('/api/tickets/bulk', { ids, action: { type: 'transition', name: 'approve' } });
  expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
});

test('two workers on one task do each part once', async () => {
  const ids = await tickets(8);
  const { id } = await begin(ids);
  await Promise.all([work(id), work(id), work(id)]);
  expect(await read(id)).toMatchObject({ state: 'done', progress: 8, failed: 0 });
  expect(await changesOf(ids)).toEqual(ids);
});

test('what a worker left when it vanished is taken on when its lease is over, where it stopped; and it comes too late', async () => {
  const ids = await tickets(3);
  const { id } = await begin(ids);
  const vanished = await desk().transaction((tx) => claimTask(tx, id, crypto.randomUUID()));
  await work(id);
  expect(await read(id)).toMatchObject({ state: 'running', progress: 0 });
  later = 61_000;
  await work(id);
  expect(await read(id)).toMatchObject({ state: 'done', progress: 3, failed: 0 });
  expect(await changesOf(ids)).toEqual(ids);
  if (!vanished) throw new Error('It was due');
  const late = await desk().transaction((tx) => recordPart(tx, vanished, { id: ids[0] ?? 0, ok: true }));
  expect([vanished.progress, late]).toEqual([0, false]);
  later = 0;
});

test('a part that fails is tried again after a pause, five times in all; then the task ends, and says how far it came', async () => {
  const [fine = 0, broken = 0] = await tickets(2);
  const owner = new pg.Client(desk().databaseOwnerUrl);
  await owner.connect();
  await owner.query(`create function refuse() returns trigger language plpgsql as $$ begin raise exception 'a disk is full'; end $$;
    create trigger refuse before update on ticket for each row when (old.id = ${broken}) execute function refuse()`);
  const { id } = await begin([fine, broken]);
  const seen: Task[] = [];
  for (let turn = 0; turn < 7; turn++) {
    await work(id);
    await work(id); // too early: nothing happens
    seen.push(await read(id));
    later += 600_000;
  }
  await owner.query('drop trigger refuse on ticket; drop function refuse');
  await owner.end();
  later = 0;
  expect(seen.map(({ state }) => state)).toEqual([...Array(5).fill('running'), 'failed', 'failed']);
  expect(seen.at(-1)).toMatchObject({ progress: 1, total: 2, result: [{ id: fine, ok: true }] });
  expect(seen.at(-1)?.error).toMatch(/part 2 of 2/);
  expect(seen.at(-1)?.error).not.toContain('disk');
});

test('work of somebody who was disabled meanwhile ends', async () => {
  const ben = await newActor(desk(), 'coordinator', 'Ben');
  const ids = await tickets(1);
  const { id } = await begin(ids, { type: 'transition', name: 'approve' }, ben);
  await query(`update employee set status = 'disabled' where id = ?`, [ben.id]);
  await work(id);
  const admin = await newActor(desk(), 'admin');
  expect(await read(id, admin)).toMatchObject({
    state: 'failed',
    progress: 0,
    error: expect.stringMatching(/not work here/),
  });
  expect(await changesOf(ids)).toEqual([]);
});

test('M53: the sweeper finds a task whose job was lost, and what is over after a month is forgotten', async () => {
  const { id } = await begin(await tickets(1));
  const jobs = async () =>
    (await query<{ data: { ids: number[] } }>(`select data from pgboss.job where name = 'run-tasks'`)).flatMap(
      ({ data }) => data.ids,
    );
  await query('delete from pgboss.job');
  await desk().transaction((tx) => sweep(tx, 0));
  expect(await jobs()).toContain(id);
  await work(id);
  // What was asked for is no record.
  expect(await query('select input from task where id = ?', [id])).toEqual([{ input: {} }]);
  await query('delete from pgboss.job');
  await desk().transaction((tx) => sweep(tx, 0));
  expect(await jobs()).not.toContain(id);
  await query(`update task set finished_at = finished_at - interval '31 days' where id = ?`, [id]);
  await desk().transaction(forgetTasks);
  expect((await marta.get(`/api/tasks/${id}`)).status).toBe(404);
});

test('a large task makes room for others after a hundred parts', async () => {
  const missing = Array.from({ length: 150 }, (_, n) => 1_000_000 + n);
  const { id } = await begin(missing);
  await work(id);
  expect(await read(id)).toMatchObject({ state: 'running', progress: 100 });
  await work(id);
  expect(await read(id)).toMatchObject({ state: 'done', progress: 150, failed: 150 });
});
