import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import type { Employee } from '../people/employee.ts';
import { goneOut, visibleVisibilities } from './access.ts';
import type { Visibility } from './comment.ts';
import type { LockedTicket } from './locked-ticket.ts';
import type { Channel } from './ticket.ts';

export interface OwnComment {
  id: number;
  visibility: Visibility;
  channel: Channel;
  body: string;
  html: string | null;
  revision: number;
  createdAt: Date;
  /** null: it was never held. */
  heldUntil: Date | null;
}

interface Row extends Pick<OwnComment, 'visibility' | 'channel' | 'body' | 'html' | 'revision'> {
  id: string;
  author_id: string;
  created_at: string;
  held_until: string | null;
}

/** A comment of a locked ticket, for who wrote it: 404 when the actor does not see it, 403 when somebody else wrote it. */
export async function ownComment(
  { em, now }: Transaction,
  ticket: LockedTicket,
  { actor, commentId }: { actor: Employee; commentId: number },
): Promise<OwnComment> {
  const out = goneOut(actor, 'comment', now);
  const [row] = await em.execute<Row[]>(
    `select id, author_id, visibility, channel, body, html, revision, created_at, held_until from comment
      where id = ? and ticket_id = ? and visibility in (?) and ${out.sql} for update`,
    [commentId, ticket.id, [...visibleVisibilities(actor)], ...out.params],
  );
  if (!row) throw new AppError('not_found', 'There is no such comment');
  if (Number(row.author_id) !== actor.id) throw new AppError('forbidden', 'Only who wrote a comment changes it');
  const { visibility, channel, body, html, revision } = row;
  return {
    ...{ id: Number(row.id), visibility, channel, body, html, revision },
    createdAt: new Date(row.created_at),
    heldUntil: row.held_until === null ? null : new Date(row.held_until),
  };
}
