import type { Transaction } from '../db/transaction.ts';
import type { Employee } from '../people/employee.ts';
import { putBack, type Draft } from './draft.ts';
import { lockHeld } from './held-reply.ts';
import type { LockedTicket } from './locked-ticket.ts';
import type { NewFile } from './new-comment.ts';
import { ownComment } from './own-comment.ts';
import { addLine } from './record-event.ts';
import type { Channel } from './ticket.ts';
import { takeBackMove } from './take-back-move.ts';

/**
 * A reply of one's own that waits is a draft again, files included, the status that it set is what it was, and nobody but staff has seen it. 409 when it has gone out. One transaction: whatever
 * dies meanwhile, it is a reply or a draft, never both and never neither.
 */
export async function takeBackComment(
  tx: Transaction,
  ticket: LockedTicket,
  { actor, commentId, channel }: { actor: Employee; commentId: number; channel: Channel },
): Promise<Draft> {
  const comment = await ownComment(tx, ticket, { actor, commentId });
  await lockHeld(tx, comment);
  const files = await tx.em.execute<NewFile[]>(
    `select sha256, size::int, filename, content_type as "contentType", inline, content_id as "contentId" from attachment where comment_id = ? order by id`,
    [comment.id],
  );
  await takeBackMove(tx, ticket, comment.id);
  await tx.em.execute('delete from ticket_event where comment_id = ?', [comment.id]);
  await tx.em.execute('delete from comment where id = ?', [comment.id]);
  await tx.em.execute(
    'update ticket set comment_count = comment_count - 1, attachment_count = attachment_count - ? where id = ?',
    [files.length, ticket.id],
  );
  const data = { visibility: 'internal' };
  await addLine(tx, ticket, { actorId: actor.id, type: 'comment_taken_back', channel, data, notify: false });
  return putBack(tx, { ticketId: ticket.id, employeeId: actor.id, visibility: 'public' }, { ...comment, files });
}
