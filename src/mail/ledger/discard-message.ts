import type { Transaction } from '../../db/transaction.ts';
import { AppError } from '../../errors.ts';
import type { Person } from '../../people/employee.ts';
import { factsAfter, lockMessage } from './locked-message.ts';

/** A person ends what waits in quarantine, and says why. Its bytes and its row stay, and it can still be made a ticket. */
export async function discardMessage(tx: Transaction, actor: Person, id: number, reason: string): Promise<void> {
  const message = await lockMessage(tx, id);
  const { state, kept } = message;
  if (state !== 'quarantined')
    throw new AppError('conflict', `The message is ${state}: only what waits in quarantine is discarded`, { state });
  // It is only in the mailbox, where it would be found again.
  if (!kept) throw new AppError('conflict', 'The message was never fetched: nothing of it is here', { state });
  const outcome = { state: 'suppressed', reason: `discarded by a person: ${reason}` } as const;
  const facts = JSON.stringify(factsAfter(tx, message, { what: 'discarded', by: actor.id, ...outcome }));
  await tx.em.execute(
    `update inbound_message set state = 'suppressed', decision = 'suppress', reason = ?, finished_at = ?, facts = ?::jsonb where id = ?`,
    [outcome.reason, tx.now, facts, id],
  );
  tx.audit({ action: 'message.discarded', actorId: actor.id, subject: { type: 'inbound_message', id } });
}
