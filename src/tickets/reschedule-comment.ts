import type { Transaction } from '../db/transaction.ts';
import type { Employee } from '../people/employee.ts';
import { lockHeld, requireAhead } from './held-reply.ts';
import type { LockedTicket } from './locked-ticket.ts';
import { ownComment } from './own-comment.ts';
import { addLine } from './record-event.ts';
import type { Channel } from './ticket.ts';

/**
 * Another time for a reply of one's own that waits; null: now. It stands in the conversation as of then, and its mails go out then. 409 when it has gone
 * out.
 */
export async function rescheduleComment(
  tx: Transaction,
  ticket: LockedTicket,
  given: { actor: Employee; commentId: number; sendAt: Date | null; channel: Channel },
): Promise<void> {
  const { actor, channel, sendAt } = given;
  const comment = await ownComment(tx, ticket, { actor, commentId: given.commentId });
  const eventId = await lockHeld(tx, comment);
  const until = sendAt && requireAhead(tx, sendAt);
  const at = until ?? tx.now;
  await tx.em.execute(
    `with c as (update comment set held_until = ?::timestamptz, created_at = ? where id = ? returning id),
       f as (update attachment set created_at = ? where comment_id = ?)
     update ticket_event set notice_after = ?::timestamptz, created_at = ?
       where id = ? or (comment_id = ? and type = 'status_changed')`,
    [until, at, comment.id, at, comment.id, until, at, eventId, comment.id],
  );
  const data = { visibility: 'internal' };
  await addLine(tx, ticket, {
    ...{ actorId: actor.id, type: 'comment_rescheduled', channel, data, commentId: comment.id, notify: false },
  });
  if (until) tx.enqueue('notify-events', { ids: [eventId] }, until);
  else tx.wake('notify-events', eventId);
}
