import type { Transaction } from '../../db/transaction.ts';
import { AppError } from '../../errors.ts';
import type { Employee } from '../../people/employee.ts';
import { findStop, type MailStop } from './list-stops.ts';

/** Hours in which what was kept back is still news. */
const FRESH = 72;

/**
 * Lets an address or a ticket have mail again, and sends what was kept back in the last three days. One that was resumed already stays as it is. 404 when the
 * reader may not see it.
 */
export async function resumeStop(tx: Transaction, actor: Employee, id: number): Promise<MailStop> {
  const { em, now } = tx;
  const stop = await findStop(em, actor, id);
  if (!stop) throw new AppError('not_found', 'There is no such stop');
  const resumed = await em.execute<unknown[]>(
    'update mail_stop set resumed_at = ?, resumed_by = ? where id = ? and resumed_at is null returning id',
    [now, actor.id, id],
  );
  if (resumed.length > 0) {
    const kept = await em.execute<{ id: string }[]>(
      `update outbound_message set state = 'pending', reason = null, finished_at = null, stop_id = null, send_after = ?
        where stop_id = ? and state = 'suppressed' and created_at > ?::timestamptz - make_interval(hours => ?) returning id`,
      [now, id, now, FRESH],
    );
    for (const row of kept) tx.wake('send-messages', Number(row.id));
    tx.audit({
      action: 'mail.resumed',
      actorId: actor.id,
      subject: { type: 'mail_stop', id },
      data: { sent: kept.length },
    });
  }
  return (await findStop(em, actor, id)) ?? stop;
}
