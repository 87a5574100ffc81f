import { beforeAll, beforeEach, expect, test } from 'vitest';
import { closeResolved } from '../../src/tickets/close-resolved.ts';
import type { Employee } from '../../src/people/employee.ts';
import { outbox } from '../mail/outbound/outbox.ts';
import { useDesk } from '../support/desk.ts';

let ahead = 0;
const desk = useDesk({ clock: () => new Date(Date.now() + ahead) });
const { person, open, move, comment } = outbox(desk);
const DAY = 24 * 3600_000;
const query = <T>(sql: string, params: unknown[] = []) => desk().transaction((tx) => tx.em.execute<T[]>(sql, params));
const setting = (days: number) =>
  query(
    `insert into setting (key, value) values ('auto_close_days', ?::jsonb) on conflict (key) do update set value = excluded.value`,
    [JSON.stringify(days)],
  );

let staff: Employee;
beforeAll(async () => {
  staff = await person({ role: 'coordinator' });
});
beforeEach(async () => {
  ahead = 0;
  await setting(7);
  await query(`update ticket set status = 'withdrawn' where status = 'resolved'`);
});

async function resolved() {
  const requester = await person();
  const ticket = await open(requester);
  await move(ticket, { name: 'approve', actor: staff, priority: 'low', categoryId: 1 });
  await move(ticket, { name: 'resolve', actor: staff, comment: 'Done.' });
  return { ticket, requester };
}
const close = () => desk().transaction(closeResolved);
const statusOf = async (id: number) =>
  (
    await query<{ status: string; status_reason: string | null }>(
      'select status, status_reason from ticket where id = ?',
      [id],
    )
  )[0];

test('a ticket that has been resolved for the days of the setting closes by itself, with its event and its reason', async () => {
  const { ticket } = await resolved();
  ahead = 7 * DAY - 60_000;
  expect(await close()).toBe(0);
  ahead = 7 * DAY + 60_000;
  expect(await close()).toBe(1);
  expect(await statusOf(ticket.id)).toEqual({ status: 'closed', status_reason: 'Resolved for 7 days' });
  const [event] = await query(
    `select actor_id, type, channel, notice, data from ticket_event where ticket_id = ? order by id desc limit 1`,
    [ticket.id],
  );
  expect(event).toEqual({
    actor_id: null,
    type: 'status_changed',
    channel: 'system',
    notice: 'none',
    data: { transition: 'close', from: 'resolved', to: 'closed', reason: 'Resolved for 7 days' },
  });
});

test('it happens once, however many workers look at the same time', async () => {
  const ids: number[] = [];
  for (let n = 0; n < 5; n++) ids.push((await resolved()).ticket.id);
  ahead = 8 * DAY;
  const closed = await Promise.all(Array.from({ length: 6 }, close));
  expect(closed.reduce((sum, n) => sum + n, 0)).toBe(5);
  expect(await close()).toBe(0);
  const events = await query(
    `select ticket_id from ticket_event where data->>'transition' = 'close' and ticket_id in (?)`,
    [ids],
  );
  expect(events).toHaveLength(5);
});

test('with 0 days nothing closes by itself', async () => {
  await setting(0);
  await resolved();
  ahead = 400 * DAY;
  expect(await close()).toBe(0);
});

test('a ticket that was reopened, or whose reply staff have still to look at, does not close', async () => {
  const [reopened, waiting] = [await resolved(), await resolved()];
  await move(reopened.ticket, { name: 'reopen', actor: reopened.requester });
  await comment(waiting.ticket, waiting.requester, 'It is not.', { visibility: 'pending' });
  ahead = 8 * DAY;
  expect(await close()).toBe(0);
  expect(await statusOf(reopened.ticket.id)).toMatchObject({ status: 'in_progress' });
  expect(await statusOf(waiting.ticket.id)).toMatchObject({ status: 'resolved' });
});
