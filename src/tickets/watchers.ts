import type { EntityManager } from '@mikro-orm/postgresql';
import type { Transaction } from '../db/transaction.ts';
import type { Employee } from '../people/employee.ts';
import { COORDINATES, requireTicket } from './access.ts';

/** A member of staff follows a ticket, or no longer. They hear of what happens on it, whoever has it, as long as it is in their scope. 404 when it is not. */
export async function watchTicket(
  tx: Transaction,
  actor: Employee,
  { ticketId, watching }: { ticketId: number; watching: boolean },
): Promise<void> {
  await requireTicket(tx, actor, ticketId);
  await tx.em.execute(
    watching
      ? 'insert into watcher (ticket_id, employee_id, created_at) select ?, ?, ?::timestamptz on conflict do nothing'
      : 'delete from watcher where ticket_id = ? and employee_id = ?',
    [ticketId, actor.id, ...(watching ? [tx.now] : [])],
  );
}

/** Staff who were called to a ticket follow it from then on. */
export async function followTicket(
  { em, now }: Transaction,
  { ticketId, employeeIds }: { ticketId: number; employeeIds: readonly number[] },
): Promise<void> {
  if (employeeIds.length === 0) return;
  await em.execute(
    `insert into watcher (ticket_id, employee_id, created_at)
       select ?, id, ?::timestamptz from employee where id in (?) order by id on conflict do nothing`,
    [ticketId, now, [...employeeIds]],
  );
}

/** Ids of who follows tickets, by ticket: staff in whose scope they still are. One query. */
export async function watchersOf(em: EntityManager, ticketIds: readonly number[]): Promise<Map<number, number[]>> {
  if (ticketIds.length === 0) return new Map();
  const rows = await em.execute<{ ticket_id: string; employee_id: string }[]>(
    `select w.ticket_id, w.employee_id from watcher w join ticket t on t.id = w.ticket_id join employee e on e.id = w.employee_id
      where t.id in (?) and ${COORDINATES} order by w.ticket_id, w.employee_id`,
    [[...new Set(ticketIds)]],
  );
  const byTicket = Map.groupBy(rows, ({ ticket_id }) => Number(ticket_id));
  return new Map([...byTicket].map(([id, list]) => [id, list.map((row) => Number(row.employee_id))]));
}
