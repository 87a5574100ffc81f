import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import type { Employee, Person } from '../people/employee.ts';
import { may } from './access.ts';
import { findMentions } from './find-mentions.ts';
import { ownComment, type OwnComment } from './own-comment.ts';
import type { LockedTicket } from './locked-ticket.ts';
import { FINAL_STATUSES, type Status } from './lifecycle.ts';
import { addLine } from './record-event.ts';
import type { Channel } from './ticket.ts';
import { followTicket } from './watchers.ts';

/** Milliseconds after it was sent in which a comment can be edited by who wrote it. */
export const EDITABLE = 5 * 60_000;

export interface EditComment {
  actor: Employee;
  commentId: number;
  words: { body: string; html: string | null };
  /** Of the comment, as the editor knows it; left out: whatever it is. */
  revision?: number | undefined;
  channel: Channel;
}

/**
 * Other words for a comment of one's own on a locked ticket; those before are kept. 403 for a comment of somebody else, 409 when the time is over, when it
 * came by mail, or when it was edited meanwhile. Its mails that have gone out stay as they were; staff whom it names only now is called. The same words:
 * nothing is written.
 */
export async function editComment(tx: Transaction, ticket: LockedTicket, given: EditComment): Promise<void> {
  const { actor, channel, words } = given;
  const comment = await ownComment(tx, ticket, { actor, commentId: given.commentId });
  refuseEdit(tx, ticket, comment, given);
  if (words.body === comment.body && words.html === comment.html) return;
  await tx.em.execute(
    `with kept as (insert into comment_version (comment_id, revision, body, html, replaced_at)
       select id, revision, body, html, ? from comment where id = ?)
     update comment set body = ?, html = ?, revision = revision + 1, edited_at = ? where id = ?`,
    [tx.now, comment.id, words.body, words.html, tx.now, comment.id],
  );
  const mentions = may(actor, 'note') ? await newlyNamed(tx, ticket.id, [comment.body, words.body]) : [];
  await followTicket(tx, { ticketId: ticket.id, employeeIds: mentions });
  const called = mentions.length > 0;
  await addLine(tx, ticket, {
    ...{ actorId: actor.id, type: 'comment_edited', channel, commentId: comment.id, notify: called },
    data: { visibility: comment.visibility, revision: comment.revision + 1, ...(called && { mentions }) },
    notBefore: comment.heldUntil,
  });
}

async function newlyNamed(tx: Transaction, ticketId: number, [before, after]: readonly [string, string]) {
  const known = await findMentions(tx, ticketId, before);
  return (await findMentions(tx, ticketId, after)).filter((id) => !known.includes(id));
}

/** Until when a person may edit a comment: null for one of somebody else, for what came by mail, and on what is over for them. It may be past. */
export function editableUntil(
  person: Person,
  status: Status,
  { authorId, channel, createdAt }: { authorId: number; channel: Channel; createdAt: Date },
): Date | null {
  const over = !may(person, 'note') && FINAL_STATUSES.includes(status);
  if (authorId !== person.id || channel === 'mail' || over) return null;
  return new Date(createdAt.getTime() + EDITABLE);
}

function refuseEdit(tx: Transaction, { status }: LockedTicket, comment: OwnComment, given: EditComment): void {
  const { actor, revision } = given;
  if (comment.channel === 'mail') throw new AppError('conflict', 'What came by mail stays as it came');
  const until = editableUntil(actor, status, { ...comment, authorId: actor.id });
  if (!until) throw new AppError('invalid_transition', 'This ticket is over', { status });
  if (tx.now > until)
    throw new AppError('conflict', 'A comment can be edited for five minutes', { until: until.toISOString() });
  if (revision !== undefined && revision !== comment.revision)
    throw new AppError('version_conflict', 'The comment has been edited since you read it', {
      revision: comment.revision,
    });
}
