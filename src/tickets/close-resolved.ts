import type { Transaction } from '../db/transaction.ts';
import { readSettings } from '../settings/read-settings.ts';
import { lockTickets } from './locked-ticket.ts';
import { moveTicket } from './transition-ticket.ts';

/** So many in one transaction. */
export const CLOSED_AT_ONCE = 200;
const DAY = 24 * 3600 * 1000;

/**
 * Closes tickets that have been resolved for the days that the settings name, each with its event and reason, and gives how many. Nobody gets a
 * mail: that it is solved was their last one. A reply that staff must look at first keeps its ticket. Safe to run at any time and by several at once: a ticket that another has is skipped, and one that
 * was reopened meanwhile is no longer resolved.
 */
export async function closeResolved(tx: Transaction): Promise<number> {
  const { auto_close_days: days } = await readSettings(tx);
  if (days === 0) return 0;
  const due = await tx.em.execute<{ id: string }[]>(
    `select t.id from ticket t where t.status = 'resolved' and t.resolved_at <= ? and not exists (
        select from comment c where c.ticket_id = t.id and c.visibility = 'pending' and c.created_at > t.resolved_at)
      order by t.resolved_at limit ${CLOSED_AT_ONCE} for no key update of t skip locked`,
    [new Date(tx.now.getTime() - days * DAY)],
  );
  const tickets = await lockTickets(
    tx,
    due.map(({ id }) => Number(id)),
  );
  const reason = days === 1 ? 'Resolved for a day' : `Resolved for ${days} days`;
  for (const ticket of tickets.values())
    await moveTicket(tx, ticket, { name: 'close', actorId: null, channel: 'system', reason, notify: false });
  return tickets.size;
}
