import type { Transaction } from '../db/transaction.ts';
import { AppError, fieldError } from '../errors.ts';
import type { Person } from '../people/employee.ts';
import { readSettings } from '../settings/read-settings.ts';
import { may } from './access.ts';
import type { LockedTicket } from './locked-ticket.ts';
import type { OwnComment } from './own-comment.ts';

/** Further ahead than this nobody plans a reply. */
const MOST_AHEAD = 366 * 24 * 3600_000;

/** How a new comment goes out: at a time, after the time to undo it, or at once. */
export interface Sending {
  sendAt?: Date | undefined;
  undo?: boolean | undefined;
}

/** Until when a new comment waits; null: it goes out at once. 400 at the field for what only public replies of staff can do. */
export async function holdUntil(
  tx: Transaction,
  { requesterId }: LockedTicket,
  { author, visibility, sendAt, undo = false }: Sending & { author: Person; visibility: 'public' | 'internal' },
): Promise<Date | null> {
  if (!sendAt && !undo) return null;
  if (!may(author, 'note') || visibility !== 'public' || author.id === requesterId)
    throw fieldError(sendAt ? 'send_at' : 'undo', 'is for public replies of staff');
  if (sendAt) return requireAhead(tx, sendAt);
  const { undo_send_seconds: seconds } = await readSettings(tx);
  return seconds === 0 ? null : new Date(tx.now.getTime() + seconds * 1000);
}

/** 400 for a time that is past, or too far away. */
export function requireAhead({ now }: Pick<Transaction, 'now'>, sendAt: Date): Date {
  if (sendAt <= now) throw fieldError('send_at', 'is past');
  if (sendAt.getTime() - now.getTime() > MOST_AHEAD) throw fieldError('send_at', 'is more than a year away');
  return sendAt;
}

/**
 * The event of a reply that has not gone out, locked, so that nobody makes its mails meanwhile. 409 once they were made: what went out is not taken
 * back.
 */
export async function lockHeld({ em, now }: Transaction, { id, heldUntil }: OwnComment): Promise<number> {
  const [event] =
    heldUntil !== null && heldUntil > now
      ? await em.execute<{ id: string }[]>(
          `select id from ticket_event where comment_id = ? and type = 'commented' and notice = 'pending' for update`,
          [id],
        )
      : [];
  if (!event) throw new AppError('conflict', 'It has gone out');
  return Number(event.id);
}
