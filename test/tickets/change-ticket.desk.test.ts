import { beforeAll, expect, test } from 'vitest';
import { newActor, type Actor } from '../support/actors.ts';
import { useDesk } from '../support/desk.ts';

const desk = useDesk({ web: true });

let ana: Actor;
let cora: Actor;
beforeAll(async () => {
  ana = await newActor(desk(), 'employee', 'Ana');
  cora = await newActor(desk(), 'coordinator', 'Cora');
});

async function submit(given: Record<string, unknown> = {}): Promise<number> {
  const { body } = await ana.post('/api/tickets', { subject: 'A thing', description: 'Words', ...given });
  return body['id'] as number;
}
const change = (id: number, changes: Record<string, unknown>, by = cora) =>
  by.send('PATCH', `/api/tickets/${id}`, changes);
interface Event {
  id: number;
  type: string;
  actor: { id: number } | null;
  data: Record<string, unknown>;
}
const eventsOf = async (id: number, by = cora) => (await by.get(`/api/tickets/${id}`)).body['events'] as Event[];

test('what a ticket is about and how urgent it is changes, and its history says from what to what, in one line', async () => {
  const id = await submit({ category: 'Software', priority: 'low' });
  const { status, body } = await change(id, {
    priority: 'high',
    category: 'Hardware',
    sub_category: 'Phone',
    subject: 'Another thing',
  });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    priority: 'high',
    category: 'Hardware',
    sub_category: 'Phone',
    subject: 'Another thing',
    version: 2,
  });
  const [, event] = await eventsOf(id, ana);
  expect(event).toMatchObject({
    type: 'changed',
    actor: { id: cora.id },
    data: {
      changed: [
        { field: 'subject', from: 'A thing', to: 'Another thing' },
        { field: 'priority', from: 'low', to: 'high' },
        { field: 'category', from: 'Software', to: 'Hardware' },
        { field: 'sub_category', from: null, to: 'Phone' },
      ],
    },
  });
});

test('a sub-category brings its category with it; a new category takes the sub-category along; null takes away', async () => {
  const id = await submit();
  expect((await change(id, { sub_category: 'Phone' })).body).toMatchObject({
    category: 'Hardware',
    sub_category: 'Phone',
  });
  expect((await change(id, { sub_category: null })).body).toMatchObject({ category: 'Hardware', sub_category: null });
  await change(id, { sub_category: 'Phone' });
  expect((await change(id, { category: 'Software' })).body).toMatchObject({ category: 'Software', sub_category: null });
  expect((await change(id, { category: null })).body).toMatchObject({ category: null });
  const date = '2027-01-31T08:00:00.000Z';
  expect((await change(id, { scheduled_for: date })).body).toMatchObject({ scheduled_for: date });
  expect((await change(id, { scheduled_for: null })).body).toMatchObject({ scheduled_for: null });
});

test('what is the same already is no change, and what is wrong changes nothing', async () => {
  const id = await submit({ priority: 'low' });
  expect((await change(id, { priority: 'low' })).body).toMatchObject({ version: 1 });
  expect((await change(id, { priority: 'high', category: 'Nothing like it' })).body).toMatchObject({
    code: 'validation_failed',
    details: { category: [expect.any(String)] },
  });
  expect((await change(id, { priority: 'high', assignee: ana.id })).body).toMatchObject({
    details: { assignee: [expect.any(String)] },
  });
  expect((await cora.get(`/api/tickets/${id}`)).body).toMatchObject({ version: 1, priority: 'low' });
  expect(await eventsOf(id)).toHaveLength(1);
});

test('a stale version is refused with what changed since; what is over is not changed', async () => {
  const id = await submit();
  await change(id, { priority: 'high' });
  expect((await change(id, { priority: 'low', version: 1 })).body).toMatchObject({
    code: 'version_conflict',
    details: { version: 2, changes: [{ type: 'changed', data: { changed: [{ field: 'priority', to: 'high' }] } }] },
  });
  await ana.post(`/api/tickets/${id}/transitions`, { name: 'withdraw' });
  expect((await change(id, { priority: 'low' })).body).toMatchObject({
    code: 'invalid_transition',
    details: { status: 'withdrawn' },
  });
  expect((await change(id, { priority: 'low' }, ana)).status).toBe(403);
});

test('20 who change a ticket at once are all in its history, and its version counts them', async () => {
  const id = await submit({ priority: 'low' });
  const subjects = Array.from({ length: 20 }, (_, n) => `Subject ${n}`);
  const answers = await Promise.all(subjects.map((subject) => change(id, { subject })));
  expect(answers.map(({ status }) => status)).toEqual(subjects.map(() => 200));
  const { body } = await cora.get(`/api/tickets/${id}`);
  expect(body['version']).toBe(21);
  const moves = (body['events'] as Event[])
    .filter(({ type }) => type === 'changed')
    .toSorted((a, b) => a.id - b.id) // they were all asked for in the same moment
    .map(({ data }) => (data['changed'] as { from: string; to: string }[])[0]);
  expect(moves).toHaveLength(20);
  for (const [at, move] of moves.entries()) expect(move?.from).toBe(at === 0 ? 'A thing' : moves[at - 1]?.to);
});

test('a ticket is given to whose turn it is, or to who has the fewest', async () => {
  const dora = await newActor(desk(), 'coordinator', 'Dora');
  const give = async (assignee: string) =>
    ((await change(await submit(), { assignee })).body['assignee'] as { id: number }).id;
  const turns = [];
  for (let n = 0; n < 4; n++) turns.push(await give('round_robin'));
  expect(turns).toEqual([cora.id, dora.id, cora.id, dora.id]);

  await change(await submit(), { assignee: cora.id });
  expect(await give('least_open')).toBe(dora.id); // 3 and 2
  expect(await give('least_open')).toBe(cora.id); // 3 and 3: the first account
  const both = await Promise.all([give('round_robin'), give('round_robin')]);
  expect(both.toSorted()).toEqual([cora.id, dora.id].toSorted());
});

test('where a department has coordinators of its own, one of them is chosen', async () => {
  const eli = await newActor(desk(), 'coordinator', 'Eli');
  const id = await submit();
  await desk().transaction(async (tx) => {
    await tx.em.execute(`insert into department (name) values ('Archive') on conflict do nothing`);
    await tx.em.execute(
      `insert into coordinator_department (employee_id, department_id) select ?, id from department where name = 'Archive'`,
      [eli.id],
    );
  });
  const { body } = await change(id, { department: 'archive', assignee: 'least_open' });
  expect(body).toMatchObject({ department: 'Archive', assignee: { id: expect.any(Number) } });
  await change(id, { assignee: null });
  expect((await change(id, { assignee: 'least_open' })).body).toMatchObject({ assignee: { id: eli.id } });
});
