import { prepared, runPrepared } from '../db/prepared.ts';
import type { Transaction } from '../db/transaction.ts';
import type { Person } from '../people/employee.ts';
import type { Visibility } from './comment.ts';
import { ON_REQUESTER_REPLY } from './lifecycle.ts';
import type { LockedTicket } from './locked-ticket.ts';
import { COMMENT_PARTS, commentParams, type NewFile, type Words } from './new-comment.ts';
import { EVENT_COLUMNS, EVENT_VALUES, eventParams, wakeNotice, type NewEvent } from './record-event.ts';
import type { Channel } from './ticket.ts';
import { followTicket } from './watchers.ts';
import { moveTicket } from './transition-ticket.ts';

export interface AddComment extends Words {
  ticket: LockedTicket;
  author: Person;
  visibility: Visibility;
  channel: Channel;
  files?: readonly NewFile[];
  /** Whether a requester's words may resume or reopen the ticket (a sender who is not verified may not). */
  mayMove?: boolean;
  facts?: Record<string, unknown>;
  /** Staff who is named in it: they are told, also of a note, and follow the ticket. */
  mentions?: readonly number[];
  notify?: boolean;
  /** It waits until then: so long it can be taken back. Not for words of the requester, which move the ticket. */
  heldUntil?: Date | null;
}

const ADD = prepared(
  'add-comment',
  `
  with t as (
    update ticket set comment_count = comment_count + 1, attachment_count = attachment_count + ?, version = version + 1, updated_at = greatest(updated_at, ?)
      where id = ? returning id),
  ${COMMENT_PARTS},
  e as (insert into ticket_event (ticket_id, comment_id, ${EVENT_COLUMNS}) select c.ticket_id, c.id, ${EVENT_VALUES} from c returning id)
  select c.id as comment, e.id as event from c, e`,
);

/**
 * Adds to the conversation of a locked ticket, and gives the comment's id. A requester's answer to a pending or resolved ticket brings
 * it back. What is not yet trusted notifies nobody, what is internal only staff that follows the ticket or is mentioned.
 */
export async function addComment(tx: Transaction, given: AddComment): Promise<number> {
  const { ticket, author, visibility, channel, files = [], mayMove = true, notify = true, at = tx.now } = given;
  const { mentions = [], heldUntil = null } = given;
  const isPublic = visibility === 'public';
  const data = { visibility, ...given.facts, ...(mentions.length > 0 && { mentions }) };
  // Of a note those hear whom it names, and who follows the ticket.
  const heard = notify && (visibility !== 'pending' || mentions.length > 0);
  const event: NewEvent = {
    actorId: author.id,
    type: 'commented',
    channel,
    data,
    notify: heard,
    at: heldUntil ?? at,
    notBefore: heldUntil,
  };
  const [row] = await runPrepared<{ comment: string; event: string }>(tx.em, ADD, [
    ...[files.length, at, ticket.id],
    ...commentParams(tx, { ...given, files, authorId: author.id }),
    ...eventParams(tx, event),
  ]);
  ticket.version += 1;
  await followTicket(tx, { ticketId: ticket.id, employeeIds: mentions });
  wakeNotice(tx, event, row?.event);

  const consequence = ON_REQUESTER_REPLY[ticket.status];
  if (consequence && isPublic && mayMove && author.id === ticket.requesterId)
    await moveTicket(tx, ticket, { name: consequence, actorId: author.id, channel, notify: false });
  return Number(row?.comment);
}
