import { beforeAll, expect, test } from 'vitest';
import { newActor, type Actor } from '../support/actors.ts';
import { useDesk } from '../support/desk.ts';

/** A thousand tickets of two months, spread so that every group and age has some and no two numbers are alike by chance. */
const NOW = '2026-11-30T12:00:00.000Z';
const desk = useDesk({ web: true, clock: () => new Date(NOW) });
const RANGE = { from: '2026-10-31T15:00:00.000Z', to: '2026-11-25T15:00:00.000Z' }; // midnights in Tokyo
const BEFORE = { from: '2026-10-06T15:00:00.000Z', to: RANGE.from };
const DAY = 24 * 3_600_000;
let staff: Actor[];
let ana: Actor;

type Numbers = Record<string, number | null>;
interface Counted {
  rows: {
    key: string | null;
    label: string;
    values: Numbers;
    list: Record<string, string>;
    lists: Record<string, Record<string, string>>;
  }[];
  total: Numbers;
  before: { rows: Counted['rows']; total: Numbers } | null;
}
async function report(name: string, query: Record<string, string> = {}): Promise<Counted> {
  const { status, body } = await (staff[0] as Actor).get(`/api/reports/${name}?${new URLSearchParams(query)}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body as unknown as Counted;
}
const sql = <T>(text: string) => desk().transaction((tx) => tx.em.execute<T[]>(text));
/** One number by one plain query. */
async function count(text: string): Promise<number> {
  const [row] = await sql<{ n: string }>(`select count(*) as n from ${text}`);
  return Number(row?.n);
}
const within = (column: string, { from, to } = RANGE) => `${column} >= '${from}' and ${column} < '${to}'`;
/** What every row says of one column, by its key. */
const column = ({ rows }: Pick<Counted, 'rows'>, name: string) =>
  new Map(rows.map(({ key, values }) => [key, values[name]]));
const is = (name: string, key: string | null) => (key === null ? `${name} is null` : `${name} = '${key}'`);

beforeAll(async () => {
  staff = [await newActor(desk(), 'coordinator', 'Cora'), await newActor(desk(), 'coordinator', 'Dora')];
  ana = await newActor(desk(), 'employee', 'Ana');
  const [one, two] = staff.map(({ id }) => id);
  await sql(`insert into setting (key, value, updated_at) values ('time_zone', '"Asia/Tokyo"', now())`);
  await sql(`insert into department (name) values ('Ledger'), ('Stores')`);
  const nth = (table: string, every: number) =>
    `case when n % ${every} = 0 then null else (select id from ${table} order by id offset n % 2 limit 1) end`;
  await sql(`insert into ticket (subject, status, priority, category_id, department_id, requester_id, assignee_id, channel, created_at, updated_at, resolved_at)
    select 'Thing ' || n, status, (array['critical', 'high', 'medium', 'low', null])[1 + n % 5], ${nth('category', 7)}, ${nth('department', 3)},
        ${ana.id}, case n % 4 when 0 then null when 1 then ${one} else ${two} end, (array['mail', 'mail', 'portal', 'api'])[1 + n % 4], at, at,
        case when status in ('resolved', 'closed') then at + make_interval(mins => 7 * n % 4001) end
      from (select n, (array['new', 'open', 'in_progress', 'pending', 'on_hold', 'resolved', 'resolved', 'closed', 'rejected', 'withdrawn'])[1 + (n * 13 / 7) % 10] as status,
          '${NOW}'::timestamptz - make_interval(mins => n * n % 87000) as at from generate_series(1, 1000) n) made`);
  await sql(`insert into comment (ticket_id, author_id, visibility, channel, body, created_at)
    select t.id, (array[${one}, ${two}, ${ana.id}])[1 + (t.id + k) % 3], (array['public', 'internal'])[1 + ((t.id + k) / 2 % 2)::int], 'portal', 'Words',
        t.created_at + make_interval(mins => (31 * t.id * k % 2003)::int) from ticket t cross join generate_series(1, 3) k where t.id % 11 <> 0`);
  const moved = (to: string, transition: string, actor: string, mins: string, which: string) =>
    sql(`insert into ticket_event (ticket_id, actor_id, type, data, channel, notice, created_at)
      select t.id, ${actor}, 'status_changed', '{"to": "${to}", "transition": "${transition}"}', 'portal', 'done', t.created_at + make_interval(mins => ${mins})
        from ticket t where ${which}`);
  const someone = `case when t.id % 3 = 0 then ${one} else ${two} end`;
  await moved('resolved', 'resolve', someone, '10', `t.status in ('resolved', 'closed', 'in_progress')`);
  await moved(
    'in_progress',
    'reopen',
    `${ana.id}`,
    '20',
    `t.status = 'in_progress' or t.id % 6 = 0 and t.status = 'resolved'`,
  );
  await moved('resolved', 'resolve', someone, '30', `t.id % 6 = 0 and t.status = 'resolved'`);
  await moved('closed', 'close', `${ana.id}`, '40', `t.status = 'closed'`);
});

const OVER = `status in ('resolved', 'closed')`;
const NAMES = { category: 'category', department: 'department' } as const;
const whereOf = (by: string, key: string | null) =>
  by in NAMES
    ? key === null
      ? `${by}_id is null`
      : `${by}_id in (select id from ${by} where name = '${key}')`
    : is(by, key);

test.each(['category', 'department', 'channel', 'priority'])(
  'the volume by %s is what plain SQL counts, now and before',
  async (by) => {
    const volume = await report('volume', { ...RANGE, by });
    expect(volume.rows.length).toBeGreaterThan(2);
    for (const [rows, range] of [
      [volume.rows, RANGE],
      [volume.before?.rows ?? [], BEFORE],
    ] as const)
      for (const { key, values } of rows) {
        const group = `ticket where ${within('created_at', range)} and ${whereOf(by, key)}`;
        expect(values, `${by} ${key}`).toEqual({
          submitted: await count(group),
          resolved: await count(`${group} and ${OVER}`),
        });
      }
    expect(volume.total['submitted']).toBe(await count(`ticket where ${within('created_at')}`));
    expect(volume.before?.total['submitted']).toBe(await count(`ticket where ${within('created_at', BEFORE)}`));
  },
);

test('the volume by day is what plain SQL counts between the midnights of the desk', async () => {
  const { rows } = await report('volume', { ...RANGE, by: 'day' });
  const days = Array.from({ length: 25 }, (_, n) => new Date(Date.parse('2026-11-01T00:00:00Z') + n * DAY));
  const wanted = days.map(async (day) => {
    const [from, to] = [day, new Date(day.getTime() + DAY)].map((at) => `${at.toISOString().slice(0, 10)}T00:00+09`);
    return [from?.slice(0, 10), await count(`ticket where created_at >= '${from}' and created_at < '${to}'`)] as const;
  });
  expect(column({ rows }, 'submitted')).toEqual(new Map((await Promise.all(wanted)).filter(([, n]) => n > 0)));
});

/** As `percentile_cont` has it: between two neighbours where the place is between them. */
function percentile(values: number[], part: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const place = part * (sorted.length - 1);
  const [below = 0, above = below] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return sorted.length === 0 ? null : below + (place - Math.floor(place)) * (above - below);
}

test('the times to the first answer and to the resolution are those of the tickets, read one by one', async () => {
  const { rows, total } = await report('times', { ...RANGE, by: 'priority' });
  expect(rows).toHaveLength(5);
  for (const { key, values } of rows) {
    const tickets = await sql<{ answer: string | null; resolution: string | null }>(
      `select extract(epoch from min(c.created_at) - t.created_at) as answer, extract(epoch from t.resolved_at - t.created_at) as resolution
         from ticket t left join comment c on c.ticket_id = t.id and c.visibility = 'public' and c.author_id in (${staff.map(({ id }) => id).join()})
        where ${within('t.created_at')} and ${is('t.priority', key)} group by t.id`,
    );
    const numbers = (name: 'answer' | 'resolution') =>
      tickets.flatMap((ticket) => (ticket[name] === null ? [] : [Number(ticket[name])]));
    const [answers, resolutions] = [numbers('answer'), numbers('resolution')];
    expect(answers.length).toBeGreaterThan(5);
    expect(values).toMatchObject({ answered: answers.length, resolved: resolutions.length });
    expect(values['first_answer_median']).toBeCloseTo(percentile(answers, 0.5) ?? -1, 3);
    expect(values['first_answer_p90']).toBeCloseTo(percentile(answers, 0.9) ?? -1, 3);
    expect(values['resolution_median']).toBeCloseTo(percentile(resolutions, 0.5) ?? -1, 3);
    expect(values['resolution_p90']).toBeCloseTo(percentile(resolutions, 0.9) ?? -1, 3);
  }
  expect(total['resolved']).toBe(await count(`ticket where ${within('created_at')} and resolved_at is not null`));
});

test('the backlog by status and age is what plain SQL counts', async () => {
  const { rows, total } = await report('backlog');
  expect(rows.map(({ key }) => key).toSorted()).toEqual(['in_progress', 'new', 'on_hold', 'open', 'pending']);
  const ages = { under_1_day: [0, 1], '1_to_3_days': [1, 3], '3_to_7_days': [3, 7], '7_to_30_days': [7, 30] } as const;
  const ago = (days: number) => new Date(Date.parse(NOW) - days * DAY).toISOString();
  for (const { key, values } of rows) {
    for (const [name, [from, below]] of Object.entries(ages))
      expect(values[name], `${key} ${name}`).toBe(
        await count(`ticket where status = '${key}' and created_at <= '${ago(from)}' and created_at > '${ago(below)}'`),
      );
    const older = `ticket where status = '${key}' and created_at <= '${ago(30)}'`;
    expect(values['over_30_days'], `${key} over 30 days`).toBe(await count(older));
    expect(values['all']).toBe(await count(`ticket where status = '${key}'`));
  }
  expect(total['all']).toBe(await count(`ticket where not ${OVER} and status <> 'rejected' and status <> 'withdrawn'`));
});

test('the resolutions and those that were taken back are what plain SQL counts', async () => {
  const { rows, total, before } = await report('reopens', RANGE);
  const resolutions = (range = RANGE) =>
    `(select e.*, lead(e.data ->> 'transition') over (partition by e.ticket_id order by e.id) as after from ticket_event e where e.type = 'status_changed') e
      join ticket t on t.id = e.ticket_id where e.data ->> 'to' = 'resolved' and ${within('e.created_at', range)}`;
  expect(rows.length).toBeGreaterThan(2);
  for (const { key, values } of rows) {
    const [all, back] = [
      await count(`${resolutions()} and t.${whereOf('category', key)}`),
      await count(`${resolutions()} and t.${whereOf('category', key)} and after = 'reopen'`),
    ];
    expect(back).toBeGreaterThan(0);
    expect(values).toEqual({ resolutions: all, reopened: back, rate: back / all });
  }
  expect(total['resolutions']).toBe(await count(resolutions()));
  expect(before?.total['reopened']).toBe(await count(`${resolutions(BEFORE)} and after = 'reopen'`));
});

test('what each of staff has, resolved and wrote is what plain SQL counts', async () => {
  const { rows } = await report('workload', RANGE);
  expect(rows.map(({ key }) => key).toSorted()).toEqual(staff.map(({ id }) => String(id)).toSorted());
  for (const { key, values } of rows) {
    const wrote = (visibility: string) =>
      count(`comment where author_id = ${key} and visibility = '${visibility}' and ${within('created_at')}`);
    expect(values).toEqual({
      open_now: await count(
        `ticket where assignee_id = ${key} and not ${OVER} and status not in ('rejected', 'withdrawn')`,
      ),
      resolved: await count(
        `ticket_event where actor_id = ${key} and data ->> 'to' = 'resolved' and ${within('created_at')}`,
      ),
      answers: await wrote('public'),
      notes: await wrote('internal'),
    });
    expect(Math.min(...Object.values(values).map(Number))).toBeGreaterThan(0);
  }
});

/** How many tickets the list of a column has. */
async function listed({ list, lists }: Pick<Counted['rows'][number], 'list' | 'lists'>, name: string): Promise<number> {
  const query = new URLSearchParams({ ...(lists[name] ?? list), limit: '1' });
  const { status, body } = await (staff[0] as Actor).get(`/api/tickets?${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return Number(body['count']);
}

test.each(['category', 'department', 'channel', 'priority', 'day'])(
  'the numbers by %s are those of the lists behind them, also of what has none',
  async (by) => {
    const { rows } = await report('volume', { ...RANGE, by });
    const { rows: times } = by === 'day' ? { rows: [] } : await report('times', { ...RANGE, by });
    for (const name of ['submitted', 'resolved'])
      for (const row of rows.slice(0, 8)) expect(await listed(row, name), `${row.key} ${name}`).toBe(row.values[name]);
    for (const name of ['answered', 'resolved'])
      for (const row of times) expect(await listed(row, name), `${row.key} ${name}`).toBe(row.values[name]);
  },
);

test('behind resolutions, answers and notes are the tickets that have them, each once', async () => {
  const resolved = (more: string) =>
    `(select distinct e.ticket_id from (select e.*, lead(e.data ->> 'transition') over (partition by e.ticket_id order by e.id) as after
        from ticket_event e where e.type = 'status_changed') e join ticket t on t.id = e.ticket_id
       where e.data ->> 'to' = 'resolved' and ${within('e.created_at')} and ${more}) found`;
  for (const row of (await report('reopens', RANGE)).rows) {
    const category = `t.${whereOf('category', row.key)}`;
    expect(await listed(row, 'resolutions')).toBe(await count(resolved(category)));
    expect(await listed(row, 'reopened')).toBe(await count(resolved(`${category} and after = 'reopen'`)));
  }
  for (const row of (await report('workload', RANGE)).rows) {
    const wrote = (visibility: string) =>
      count(
        `(select distinct ticket_id from comment where author_id = ${row.key} and visibility = '${visibility}' and ${within('created_at')}) found`,
      );
    expect(await listed(row, 'resolved')).toBe(await count(resolved(`e.actor_id = ${row.key}`)));
    expect([await listed(row, 'answers'), await listed(row, 'notes')]).toEqual([
      await wrote('public'),
      await wrote('internal'),
    ]);
    expect(await listed(row, 'open_now')).toBe(row.values['open_now']);
  }
});

test('by whom and when is asked with what; whether there are notes is not for the requester', async () => {
  const [cora] = staff;
  const { status, body } = await (cora as Actor).get(`/api/tickets?done_by=${cora?.id}`);
  expect([status, Object.keys(body['details'] as object)]).toEqual([400, ['done']]);
  expect(await listed({ list: { done: 'noted' }, lists: {} }, '')).toBeGreaterThan(0);
  expect((await ana.get('/api/tickets?done=noted')).body['count']).toBe(0);
  expect((await ana.get('/api/tickets?done=answered')).body['count']).toBeGreaterThan(0);
});
