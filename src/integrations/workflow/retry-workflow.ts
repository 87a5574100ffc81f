import type { Transaction } from '../../db/transaction.ts';
import { AppError } from '../../errors.ts';
import type { LockedTicket } from '../../tickets/locked-ticket.ts';
import { addLine } from '../../tickets/record-event.ts';
import type { TicketEvent } from '../../tickets/ticket-event.ts';

/** Has a locked ticket sent again that could not be sent, with its old key; 409 when that is not so. */
export async function retryWorkflow(
  tx: Transaction,
  ticket: LockedTicket,
  { actorId, channel }: { actorId: number; channel: TicketEvent['channel'] },
): Promise<void> {
  const [row] = await tx.em.execute<{ id: string }[]>(
    `update workflow_sync set state = 'pending', attempts = 0, next_at = ?, error = null, finished_at = null
      where ticket_id = ? and state = 'failed' returning id`,
    [tx.now, ticket.id],
  );
  if (!row) throw new AppError('conflict', 'Sending this ticket to the workflow system has not failed');
  tx.wake('send-workflow', Number(row.id));
  await addLine(tx, ticket, { actorId, type: 'workflow_retried', channel, data: {}, notify: false });
}
