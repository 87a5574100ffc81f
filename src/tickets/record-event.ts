import type { Transaction } from '../db/transaction.ts';
import type { LockedTicket } from './locked-ticket.ts';
import type { TicketEvent } from './ticket-event.ts';

/** One line of history, as the verbs write it beside their change. */
export interface NewEvent {
  /** null: the desk itself. */
  actorId: number | null;
  type: TicketEvent['type'];
  channel: TicketEvent['channel'];
  data: Record<string, unknown>;
  /** false: nobody gets a mail about it. */
  notify: boolean;
  /** When it happened, if not now. */
  at?: Date;
  /** Until then only staff sees it, and no mail of it is made; null: at once. */
  notBefore?: Date | null;
}

/** The columns of an event but ticket and comment, for an `insert … select` of the statement that makes the change. */
export const EVENT_COLUMNS = 'actor_id, type, channel, data, notice, created_at, notice_after';
export const EVENT_VALUES = '?::bigint, ?, ?, ?::jsonb, ?, ?::timestamptz, ?::timestamptz';

export function eventParams(
  tx: Transaction,
  { actorId, type, channel, data, notify, at, notBefore }: NewEvent,
): unknown[] {
  return [actorId, type, channel, JSON.stringify(data), notify ? 'pending' : 'none', at ?? tx.now, notBefore ?? null];
}

/** Has the notice of a written event made once the transaction commits, or when its time has come. */
export function wakeNotice(tx: Transaction, event: NewEvent, id: string | undefined): void {
  if (!event.notify) return;
  if (event.notBefore) tx.enqueue('notify-events', { ids: [Number(id)] }, event.notBefore);
  else tx.wake('notify-events', Number(id));
}

const LINE = `
  with t as (update ticket set version = version + 1, updated_at = ? where id = ? returning id)
  insert into ticket_event (ticket_id, comment_id, ${EVENT_COLUMNS}) select t.id, ?::bigint, ${EVENT_VALUES} from t returning id`;

/** Writes a line into the history of a locked ticket, for a change that its caller made in tables of its own. */
export async function addLine(
  tx: Transaction,
  ticket: Pick<LockedTicket, 'id' | 'version'>,
  event: NewEvent & { commentId?: number },
): Promise<void> {
  const [row] = await tx.em.execute<{ id: string }[]>(LINE, [
    ...[tx.now, ticket.id, event.commentId ?? null],
    ...eventParams(tx, event),
  ]);
  ticket.version += 1;
  wakeNotice(tx, event, row?.id);
}
