import type { Transaction } from '../../db/transaction.ts';
import { AppError } from '../../errors.ts';
import type { Person } from '../../people/employee.ts';
import { wantMailbox } from '../inbound/mailbox-lease.ts';
import { factsAfter, lockMessage, refuseTicket } from './locked-message.ts';

/**
 * Has a message that waits in quarantine, or that failed and waits for its time, judged again at once. One that is on its way already is left
 * alone. What was never kept whole is fetched again. 409 for what came to any other end.
 */
export async function retryMessage(tx: Transaction, actor: Person, id: number): Promise<void> {
  const message = await lockMessage(tx, id);
  refuseTicket(message);
  const { state, kept, headerOnly, polled, failing, mailboxId } = message;
  const waits = state === 'discovered' || state === 'fetched';
  if (waits && !failing) return;
  if (!waits && state !== 'quarantined')
    throw new AppError('conflict', `The message is ${state}: only what waits in quarantine is judged again`, { state });
  const whole = kept && !headerOnly;
  if (!whole && !polled) throw new AppError('conflict', 'There are no bytes of it that could be judged', { state });
  await tx.em.execute(whole ? JUDGE : FETCH, [
    tx.now,
    JSON.stringify(factsAfter(tx, message, { what: 'retried', by: actor.id })),
    id,
  ]);
  if (whole) tx.wake('ingest-messages', id);
  else await wantMailbox(tx, mailboxId);
  tx.audit({ action: 'message.retried', actorId: actor.id, subject: { type: 'inbound_message', id }, data: { state } });
}

const AFRESH =
  'decision = null, reason = null, finished_at = null, attempts = 0, last_error = null, next_at = ?, facts = ?::jsonb';
const JUDGE = `update inbound_message set state = 'fetched', ${AFRESH} where id = ?`;
const FETCH = `update inbound_message set state = 'discovered', raw_sha256 = null, raw_size = null, raw_deleted_at = null, header_only = false, untold = true, ${AFRESH} where id = ?`;
