import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { sweep } from '../../src/mail/sweep.ts';
import { queueOf, TASK_KINDS, type TaskKind } from '../../src/tasks/kinds.ts';
import { newActor, type Actor } from '../support/actors.ts';
import { useDesk } from '../support/desk.ts';
import { startScriptedImap } from '../support/imap/scripted-imap.ts';
import { eventually } from '../support/processes.ts';

const desk = useDesk({ web: true, worker: true });
const idle = useDesk();
let admin: Actor;
beforeAll(async () => {
  admin = await newActor(desk(), 'admin');
});

const taskOf = (body: Record<string, unknown>) => Number((body['task'] as { id: number }).id);
const stateOf = async (id: number) => (await admin.get(`/api/tasks/${id}`)).body['state'];

test('a dry run of a slow mailbox holds up no other task, and its job is found again when it was lost', async () => {
  const imap = await startScriptedImap([]);
  onTestFinished(() => imap.stop());
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  imap.script = async ({ name }) => {
    if (name === 'LOGIN' || name === 'AUTHENTICATE') await released;
    return false;
  };
  const source = { kind: 'imap', host: '127.0.0.1', port: imap.port, tls: 'none', user: 'joe', password: 'pass' };
  const added = await admin.post('/api/mailboxes', { name: 'Slow', address: 'slow@maravia.example', source });
  const dryRun = taskOf((await admin.post(`/api/mailboxes/${Number(added.body['id'])}/rehearse`)).body);
  await eventually('it asks the server', () => imap.connections > 0);

  const ticket = await admin.post('/api/tickets', { subject: 'A lamp', description: 'It flickers.' });
  const action = { type: 'change', priority: 'high' };
  const bulk = taskOf((await admin.post('/api/tickets/bulk', { ids: [ticket.body['id']], action })).body);
  await eventually('the other task is done', async () => (await stateOf(bulk)) === 'done');
  expect(await stateOf(dryRun)).toBe('running');

  const query = <T>(sql: string) => desk().transaction((tx) => tx.em.execute<T[]>(sql));
  await query(`delete from pgboss.job where state = 'created'`);
  await query(`update task set next_at = now() - interval '1 minute' where id = ${dryRun}`);
  await desk().transaction((tx) => sweep(tx));
  const jobs = await query<{ name: string; data: { ids: number[] } }>(
    `select name, data from pgboss.job where state = 'created'`,
  );
  expect(jobs.filter(({ data }) => data.ids.includes(dryRun)).map(({ name }) => name)).toEqual(['look-tasks']);
  release();
  await eventually('the dry run is done', async () => (await stateOf(dryRun)) === 'done');
});

test('a task of any kind whose job was lost is found again in the queue of its kind', async () => {
  const query = <T>(sql: string, params: unknown[] = []) => idle().transaction((tx) => tx.em.execute<T[]>(sql, params));
  const [employee] = await query<{ id: string }>(
    `insert into employee (email, first_name, last_name, role, status, created_at, updated_at)
     values ('admin@maravia.example', 'A', 'B', 'admin', 'approved', now(), now()) returning id`,
  );
  const expected = new Map<number, string>();
  for (const [kind, of] of Object.entries(TASK_KINDS)) {
    const [row] = await query<{ id: string }>(
      `insert into task (kind, employee_id, input, state, total, created_at, next_at)
       values (?, ?, '{}', 'queued', 1, now(), now() - interval '1 minute') returning id`,
      [kind, employee?.id],
    );
    expected.set(Number(row?.id), queueOf(of as unknown as TaskKind<unknown>));
  }
  await idle().transaction((tx) => sweep(tx));
  const jobs = await query<{ name: string; data: { ids: number[] } }>('select name, data from pgboss.job');
  const found = jobs.flatMap(({ name, data }) => data.ids.map((id): [number, string] => [id, name]));
  expect(new Map(found)).toEqual(expected);
});
