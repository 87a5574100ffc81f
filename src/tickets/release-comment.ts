import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import type { Person } from '../people/employee.ts';
import type { LockedTicket } from './locked-ticket.ts';
import { EVENT_COLUMNS, EVENT_VALUES, eventParams } from './record-event.ts';
import type { TicketEvent } from './ticket-event.ts';

export interface ReleaseComment {
  commentId: number;
  /** Somebody of staff. */
  actor: Person;
  channel: TicketEvent['channel'];
}

const RELEASE = `
  with c as (update comment set visibility = 'public' where id = ? and ticket_id = ? and visibility = 'pending' returning id, ticket_id),
  f as (update attachment set visibility = 'public' from c where attachment.comment_id = c.id and attachment.visibility = 'pending'),
  t as (update ticket set version = version + 1, updated_at = greatest(updated_at, ?) from c where ticket.id = c.ticket_id)
  insert into ticket_event (ticket_id, comment_id, ${EVENT_COLUMNS}) select c.ticket_id, c.id, ${EVENT_VALUES} from c returning id`;

/**
 * Makes words that were held back, with their files, part of the conversation of a locked ticket by the decision of a person: everybody on it reads them
 * from now on. Nobody is mailed: a mail would carry the words of somebody we cannot be sure of. 404 when the ticket has no such comment, 409
 * when it is not held back.
 */
export async function releaseComment(
  tx: Transaction,
  ticket: LockedTicket,
  { commentId, actor, channel }: ReleaseComment,
): Promise<void> {
  const event = { actorId: actor.id, type: 'comment_released', channel, data: {}, notify: false } as const;
  const released = await tx.em.execute<unknown[]>(RELEASE, [
    ...[commentId, ticket.id, tx.now],
    ...eventParams(tx, event),
  ]);
  if (released.length === 0) throw await refusal(tx, ticket, commentId);
  ticket.version += 1;
  const subject = { type: 'ticket', id: ticket.id };
  tx.audit({ action: 'comment.released', actorId: actor.id, subject, data: { comment: commentId } });
}

async function refusal({ em }: Transaction, { id }: LockedTicket, commentId: number): Promise<AppError> {
  const known = await em.execute<unknown[]>('select from comment where id = ? and ticket_id = ?', [commentId, id]);
  return known.length > 0
    ? new AppError('conflict', 'It is not held back')
    : new AppError('not_found', 'There is no such comment');
}
