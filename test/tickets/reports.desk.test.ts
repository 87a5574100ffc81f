import { beforeAll, describe, expect, test } from 'vitest';
import { newActor, type Actor } from '../support/actors.ts';
import { useDesk } from '../support/desk.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Just after a midnight in the zone of the desk, so that days of the zone are not those of UTC. */
const NOW = Date.parse('2026-11-10T12:00:00Z');
let at = NOW;
const desk = useDesk({ web: true, clock: () => new Date(at) });

let ana: Actor;
let cora: Actor;
let dora: Actor;

interface Row {
  key: string | null;
  label: string;
  values: Record<string, number | null>;
  list: Record<string, string>;
}
interface Report {
  from: string;
  to: string;
  columns: string[];
  rows: Row[];
  total: Record<string, number>;
  before: { rows: Row[]; total: Record<string, number> } | null;
}
const report = async (name: string, query: Record<string, string> = {}, by = cora): Promise<Report> => {
  const { status, body } = await by.get(`/api/reports/${name}?${new URLSearchParams(query).toString()}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body as unknown as Report;
};
const RANGE = { from: '2026-11-01T00:00:00.000Z', to: '2026-11-10T00:00:00.000Z' };
const plain = async <T = { n: string }>(sql: string) => desk().transaction((tx) => tx.em.execute<T[]>(sql));
const valuesOf = ({ rows }: { rows: Row[] }) => Object.fromEntries(rows.map(({ key, values }) => [key, values]));

async function submit(time: string, given: Record<string, unknown> = {}): Promise<number> {
  const { body } = await ana.post('/api/tickets', {
    subject: 'A thing',
    description: 'Words',
    category: 'Software',
    ...given,
  });
  const id = body['id'] as number;
  await desk().transaction((tx) => tx.em.execute('update ticket set created_at = ? where id = ?', [time, id]));
  return id;
}

/** Moves what a person does next on a ticket to a moment. */
async function happened(id: number, time: string): Promise<void> {
  await desk().transaction(async (tx) => {
    await tx.em.execute(
      `update ticket_event set created_at = ? where id = (select max(id) from ticket_event where ticket_id = ?)`,
      [time, id],
    );
    await tx.em.execute(`update ticket set resolved_at = ? where id = ? and resolved_at is not null`, [time, id]);
    await tx.em.execute(
      `update comment set created_at = ? where id = (select max(id) from comment where ticket_id = ? and author_id <> ?)`,
      [time, id, ana.id],
    );
  });
}

beforeAll(async () => {
  await desk().transaction((tx) =>
    tx.em.execute(`insert into setting (key, value, updated_at) values ('time_zone', '"Asia/Tokyo"', now())`),
  );
  ana = await newActor(desk(), 'employee', 'Ana');
  cora = await newActor(desk(), 'coordinator', 'Cora');
  dora = await newActor(desk(), 'coordinator', 'Dora');
  const staff = (id: number, body: object, by = cora) => by.post(`/api/tickets/${id}/transitions`, body);
  const approve = { name: 'approve', priority: 'high' };
  // Resolved after 1, 2 and 10 hours, the second taken back; answered after half an hour, one hour, and never before that.
  for (const [n, hours] of [1, 2, 10].entries()) {
    const id = await submit(`2026-11-0${n + 2}T00:00:00.000Z`);
    await staff(id, approve);
    if (n < 2) {
      await cora.post(`/api/tickets/${id}/comments`, { body: 'Look.' });
      await happened(id, `2026-11-0${n + 2}T00:${n === 0 ? '30' : '59'}:00.000Z`);
    }
    await staff(id, { name: 'resolve', comment: 'Done.' }, n === 2 ? dora : cora);
    await happened(id, new Date(Date.parse(`2026-11-0${n + 2}T00:00:00Z`) + hours * HOUR).toISOString());
    if (n === 1) await ana.post(`/api/tickets/${id}/transitions`, { name: 'reopen' });
  }
  // 23:30 in UTC is the next day in Tokyo.
  await submit('2026-11-08T23:30:00.000Z', { category: 'Hardware', priority: 'low' });
  await submit('2026-10-30T12:00:00.000Z');
  await submit('2026-09-01T12:00:00.000Z');
  const given = await submit('2026-11-09T23:00:00.000Z', { category: 'Hardware' });
  await dora.send('PATCH', `/api/tickets/${given}`, { assignee: dora.id });
  at = NOW + HOUR;
});

describe('tickets submitted', () => {
  test('are counted by the days of the desk, beside the time before, and each number is that of its list', async () => {
    const { rows, total, before } = await report('volume', RANGE);
    expect(rows.map(({ key, values }) => [key, values['submitted']])).toEqual([
      ['2026-11-02', 1],
      ['2026-11-03', 1],
      ['2026-11-04', 1],
      ['2026-11-09', 1],
      ['2026-11-10', 1],
    ]);
    const [{ n } = { n: '0' }] = await plain(
      `select count(*) as n from ticket where created_at >= '${RANGE.from}' and created_at < '${RANGE.to}'`,
    );
    expect(total['submitted']).toBe(Number(n));
    expect(before?.total['submitted']).toBe(1);
    for (const by of ['day', 'category', 'channel', 'priority'])
      for (const { key, values, list } of (await report('volume', { ...RANGE, by })).rows) {
        const { body } = await cora.get(`/api/tickets?${new URLSearchParams(list).toString()}`);
        expect(body['count'], `${by} ${key}`).toBe(values['submitted']);
      }
  });

  test('by category, with what has none', async () => {
    expect(valuesOf(await report('volume', { ...RANGE, by: 'category' }))).toEqual({
      Software: { submitted: 3, resolved: 2 },
      Hardware: { submitted: 2, resolved: 0 },
    });
    const { rows } = await report('volume', { ...RANGE, by: 'department' });
    expect(rows).toMatchObject([{ key: null, label: '–', values: { submitted: 5 }, list: { department: 'none' } }]);
  });
});

test('how long people waited for the first answer and the resolution: median and p90 in seconds', async () => {
  const { rows } = await report('times', { ...RANGE, by: 'channel' });
  // Answers after 1800, 3540 and 36000 s (the resolution is one), resolutions that stand after 3600 and 36000 s.
  const values: Record<string, number | null> = rows[0]?.values ?? {};
  expect(values).toMatchObject({ answered: 3, first_answer_median: 3540, resolved: 2, resolution_median: 19_800 });
  expect(values['first_answer_p90']).toBeCloseTo(3540 + 0.8 * (36_000 - 3540));
  expect(values['resolution_p90']).toBeCloseTo(3600 + 0.9 * 32_400);
});

test('what is not over, by status and age', async () => {
  const { rows, total, before } = await report('backlog');
  expect(before).toBeNull();
  expect(valuesOf({ rows })).toMatchObject({
    new: { under_1_day: 1, '1_to_3_days': 1, '3_to_7_days': 0, '7_to_30_days': 1, over_30_days: 1, all: 4 },
    in_progress: { '7_to_30_days': 1, all: 1 },
  });
  for (const { list, values } of rows)
    expect((await cora.get(`/api/tickets?${new URLSearchParams(list).toString()}`)).body['count']).toBe(values['all']);
  expect(total['all']).toBe((await cora.get('/api/badges')).body['open']);
});

test('how many resolutions were taken back', async () => {
  const { rows, total } = await report('reopens', RANGE);
  expect(rows).toMatchObject([{ key: 'Software', values: { resolutions: 3, reopened: 1 } }]);
  expect(rows[0]?.values['rate']).toBeCloseTo(1 / 3);
  expect(total).toEqual({ resolutions: 3, reopened: 1 });
});

test('what each of staff has, resolved and wrote', async () => {
  const values = valuesOf(await report('workload', RANGE));
  expect(values[String(cora.id)]).toMatchObject({ open_now: 0, resolved: 2, answers: 4 });
  expect(values[String(dora.id)]).toMatchObject({ open_now: 1, resolved: 1, answers: 1 });
});

test('T15: only over tickets that the reader may see', async () => {
  expect((await ana.get('/api/reports/volume')).status).toBe(403);
  const eli = await newActor(desk(), 'coordinator', 'Eli');
  await desk().transaction(async (tx) => {
    await tx.em
      .execute(`insert into setting (key, value, updated_at) values ('coordinator_scope', '"departments"', now())
      on conflict (key) do update set value = '"departments"'`);
    await tx.em.execute(`insert into department (name) values ('Elsewhere')`);
    await tx.em.execute(`update ticket set department_id = (select id from department where name = 'Elsewhere')`);
  });
  expect((await report('volume', RANGE, eli)).total['submitted']).toBe(0);
  await desk().transaction((tx) => tx.em.execute(`update ticket set department_id = null`));
  expect((await report('volume', RANGE, eli)).total['submitted']).toBe(5);
});

test('T34: a report as a file for a spreadsheet, without formulas', async () => {
  await desk().transaction((tx) => tx.em.execute(`update category set name = '=1+2' where name = 'Hardware'`));
  const query = new URLSearchParams({ ...RANGE, report: 'volume', by: 'category' });
  const response = await cora.raw(`/api/reports/export?${query.toString()}`);
  expect(response.headers.get('content-disposition')).toBe('attachment; filename=volume-2026-11-01.csv');
  expect((await response.text()).split('\r\n')).toEqual([
    'range_from,row,submitted,resolved',
    '2026-11-01T00:00:00.000Z,Software,3,2',
    `2026-11-01T00:00:00.000Z,'=1+2,2,0`,
    '2026-10-23T00:00:00.000Z,Software,1,0',
    '',
  ]);
});

test('a range that ends before it begins, or is longer than three years, is refused at its field', async () => {
  for (const range of [
    { from: RANGE.to, to: RANGE.from },
    { from: '2020-01-01T00:00:00Z', to: RANGE.to },
  ])
    expect((await cora.get(`/api/reports/volume?${new URLSearchParams(range).toString()}`)).body).toMatchObject({
      code: 'validation_failed',
      details: { from: [expect.any(String)] },
    });
  expect(new Date(NOW + HOUR - 30 * DAY).toISOString()).toBe((await report('volume')).from);
});
