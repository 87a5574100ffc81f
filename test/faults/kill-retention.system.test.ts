import { expect, test } from 'vitest';
import type { FaultPoint } from '../../src/fault-point.ts';
import { useFaultDesks, type FaultDesk } from './fault-desk.ts';

const newDesk = useFaultDesks();

interface Row {
  point: FaultPoint;
  nth: number;
  when: string;
  /** Batches that are deleted at the kill. */
  batches: number;
}

/** Two batches of fifty, and some. */
const TICKETS = 120;
const BATCH = 50;

test.concurrent.each<Row>([
  { point: 'R1', nth: 1, when: 'within the first batch', batches: 0 },
  { point: 'R1', nth: 2, when: 'within the second batch', batches: 1 },
  { point: 'R2', nth: 2, when: 'after the second batch', batches: 2 },
])(
  'G3: deleting by age, killed at $point:$nth, $when, goes on there; every batch is whole, and written down once',
  async ({ point, nth, batches }) => {
    const desk = await newDesk();
    await desk.query(OLD);
    await desk.query(`insert into setting (key, value) values ('retention_tickets_days', '30')`);
    await desk.dieAt(`${point}:${nth}`);
    expect(await counted(desk)).toEqual({ left: TICKETS - batches * BATCH, told: batches * BATCH });
    await desk.recover(async () => (await counted(desk)).left === 0);
    expect(await counted(desk)).toEqual({ left: 0, told: TICKETS });
  },
);

const OLD = `
  with somebody as (insert into employee (email, role, status, created_at, updated_at)
      values ('old@flyhigh.example', 'employee', 'approved', now(), now()) returning id),
    t as (insert into ticket (subject, status, requester_id, channel, created_at, updated_at, closed_at)
      select 'Old ' || n, 'closed', somebody.id, 'portal', at, at, at
        from somebody, generate_series(1, ${TICKETS}) n, (select now() - interval '31 days' as at) moment returning id)
  insert into ticket_event (ticket_id, type, channel, notice, created_at) select id, 'opened', 'portal', 'none', now() from t`;

/** Tickets that are left, and different ones that the audit log says were deleted. */
async function counted(desk: FaultDesk): Promise<{ left: number; told: number }> {
  const [row] = await desk.query<{ left: number; told: number }>(
    `select (select count(*)::int from ticket) as left, (select count(*)::int from (
        select distinct ticket from audit_entry, jsonb_array_elements_text(data->'ids') as gone(ticket) where action = 'retention.deleted') ids) as told`,
  );
  return row ?? { left: -1, told: -1 };
}
