import type { Transaction } from '../../db/transaction.ts';
import { AppError } from '../../errors.ts';
import type { Person } from '../../people/employee.ts';
import { factsAfter, lockMessage, refuseTicket } from './locked-message.ts';

/**
 * A person says that a message becomes a ticket, whatever the rules say: the pipeline opens it, once, by the one way that every ticket by mail is
 * opened. To say it again before it is done changes nothing. 409 for what is a ticket, or has no bytes.
 */
export async function orderTicket(tx: Transaction, actor: Person, id: number): Promise<void> {
  const message = await lockMessage(tx, id);
  refuseTicket(message);
  const { state, kept, facts } = message;
  if (state === 'fetched' && facts.order) return;
  if (!kept) throw new AppError('conflict', 'There are no bytes of it that could become a ticket', { state });
  const ordered = { ...factsAfter(tx, message, { what: 'ordered', by: actor.id }), order: { by: actor.id } };
  await tx.em.execute(
    `update inbound_message set state = 'fetched', decision = null, reason = null, finished_at = null, attempts = 0, last_error = null, next_at = ?,
        facts = ?::jsonb where id = ?`,
    [tx.now, JSON.stringify(ordered), id],
  );
  tx.wake('ingest-messages', id);
  const subject = { type: 'inbound_message', id };
  tx.audit({ action: 'message.ticket_ordered', actorId: actor.id, subject, data: { state } });
}
