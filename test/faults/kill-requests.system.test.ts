import { expect, test } from 'vitest';
import type { FaultPoint } from '../../src/fault-point.ts';
import { eventually } from '../support/processes.ts';
import { useFaultDesks, type FaultDesk } from './fault-desk.ts';

const newDesk = useFaultDesks();

test.concurrent(
  'M57: killed at I1, neither the ticket nor its key is there; the same request again makes one',
  async () => {
    const desk = await newDesk();
    const submit = async () =>
      (await desk.staff()).send(
        'POST',
        '/api/tickets',
        { subject: 'Once', description: 'x' },
        { 'idempotency-key': 'once' },
      );
    await desk.dieAt('I1', submit);
    expect(await desk.query('select id from ticket')).toEqual([]);
    expect(await desk.query('select key from idempotency_key')).toEqual([]);
    const answers: number[] = [];
    await desk.recover(async () => {
      if (answers.length < 2) answers.push((await submit()).status);
      return answers.length === 2;
    });
    expect(answers).toEqual([201, 201]);
    expect(await desk.query('select count(*)::int as n from ticket')).toEqual([{ n: 1 }]);
  },
);

interface Row {
  point: FaultPoint;
  nth: number;
  when: string;
  /** Tickets that are changed at the kill. */
  done: number;
}

const TICKETS = 4;

test.concurrent.each<Row>([
  { point: 'T1', nth: 1, when: 'within the first part', done: 0 },
  { point: 'T1', nth: 3, when: 'within the third part', done: 2 },
  { point: 'T2', nth: 2, when: 'after the second part', done: 2 },
  { point: 'T2', nth: TICKETS, when: 'after the last part', done: TICKETS },
])(
  'a bulk change killed at $point:$nth, $when, goes on there and changes no ticket twice',
  async ({ point, nth, done }) => {
    const desk = await newDesk();
    await desk.dieAt(`${point}:${nth}`, () => changeAll(desk));
    expect(await counted(desk)).toEqual([{ state: 'running', progress: done, lines: done }]);
    expect(await events(desk)).toBe(done);
    // Its lease would end in a minute; nobody else works here.
    await desk.query('update task set next_at = now()');
    await desk.recover();
    expect(await counted(desk)).toEqual([{ state: 'done', progress: TICKETS, lines: TICKETS }]);
    expect(await desk.query(`select version, count(*)::int as n from ticket group by 1`)).toEqual([
      { version: 2, n: TICKETS },
    ]);
    expect(await events(desk)).toBe(TICKETS);
  },
);

async function changeAll(desk: FaultDesk): Promise<void> {
  const staff = await desk.staff();
  const ids: number[] = [];
  for (let n = 0; n < TICKETS; n++) {
    const ticket = { subject: `Number ${n}`, description: 'x', category: 'Other', priority: 'low' };
    ids.push((await staff.post('/api/tickets', ticket)).body['id'] as number);
  }
  await staff.post('/api/tickets/bulk', { ids, action: { type: 'transition', name: 'approve' } });
  await eventually(
    'it dies',
    () =>
      staff.get('/api/tickets').then(
        () => false,
        () => true,
      ),
    60_000,
  );
}

const counted = (desk: FaultDesk) =>
  desk.query<{ state: string; progress: number; lines: number }>(
    'select state, progress, jsonb_array_length(result) as lines from task',
  );

async function events(desk: FaultDesk): Promise<number> {
  const [row] = await desk.query<{ n: number }>(
    `select count(*)::int as n from ticket_event where type = 'status_changed'`,
  );
  return row?.n ?? -1;
}
