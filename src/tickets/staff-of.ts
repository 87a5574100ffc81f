import type { EntityManager } from '@mikro-orm/postgresql';
import { COORDINATES } from './access.ts';

/**
 * Ids of the staff that looks after tickets nobody has yet, by ticket: the coordinators in whose scope it is, or the admins where there are
 * none. One query.
 */
export async function staffOf(em: EntityManager, ticketIds: readonly number[]): Promise<Map<number, number[]>> {
  if (ticketIds.length === 0) return new Map();
  const rows = await em.execute<{ ticket_id: string; employee_id: string }[]>(
    `with staff as (
       select t.id as ticket_id, e.id as employee_id, e.role from ticket t join employee e on ${COORDINATES} where t.id in (?))
     select ticket_id, employee_id from staff s
      where role = 'coordinator' or not exists (select from staff c where c.ticket_id = s.ticket_id and c.role = 'coordinator')
      order by ticket_id, employee_id`,
    [[...new Set(ticketIds)]],
  );
  const byTicket = Map.groupBy(rows, ({ ticket_id }) => Number(ticket_id));
  return new Map([...byTicket].map(([id, staff]) => [id, staff.map((row) => Number(row.employee_id))]));
}
