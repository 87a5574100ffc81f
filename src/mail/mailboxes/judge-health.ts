import { POLLED, type Mailbox } from '../mailbox.ts';

/** How a mailbox fares, as people and monitors are told. */
export interface MailboxHealth {
  state: 'ok' | 'off' | 'failing' | 'stopped' | 'late';
  trouble: NonNullable<Mailbox['trouble']> | null;
  since: Date | null;
}

/** Milliseconds without a look at a polled mailbox: then no worker reads it. */
export const LATE = 5 * 60_000;

/** What its reader noted, and what it cannot note: that nobody reads. */
export function judgeHealth(mailbox: Mailbox, now: Date): MailboxHealth {
  const { enabled, source, state, trouble = null, troubleSince = null, lastPolledAt, updatedAt, createdAt } = mailbox;
  if (!enabled) return { state: 'off', trouble: null, since: null };
  if (state !== 'ok') return { state, trouble, since: troubleSince };
  if (!POLLED.some((kind) => kind === source)) return { state: 'ok', trouble: null, since: null };
  const seen = new Date(Math.max(...[lastPolledAt, updatedAt, createdAt].map((at) => at?.getTime() ?? 0)));
  const late = now.getTime() - seen.getTime() > LATE;
  return { state: late ? 'late' : 'ok', trouble: null, since: late ? seen : null };
}
