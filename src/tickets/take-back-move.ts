import type { Transaction } from '../db/transaction.ts';
import type { Status } from './lifecycle.ts';
import type { LockedTicket } from './locked-ticket.ts';

/** A reply is taken back: the status that it set is what it was, unless it was changed since. Nobody but staff has seen it. */
export async function takeBackMove(tx: Transaction, ticket: LockedTicket, commentId: number): Promise<void> {
  const [move] = await tx.em.execute<{ id: string; from: Status }[]>(
    `delete from ticket_event where comment_id = ? and type = 'status_changed' returning id, data->>'from' as "from"`,
    [commentId],
  );
  if (!move) return;
  const [still] = await tx.em.execute<{ id: string }[]>(
    `update ticket set status = ? where id = ? and not exists (
       select from ticket_event e where e.ticket_id = ticket.id and e.type = 'status_changed' and e.id > ?) returning id`,
    [move.from, ticket.id, move.id],
  );
  if (still) ticket.status = move.from;
}
