import type { Transaction } from '../../db/transaction.ts';
import { AppError } from '../../errors.ts';
import { ticketNumber } from '../../tickets/ticket.ts';
import type { InboundMessage } from '../inbound/inbound-message.ts';
import { POLLED, type Mailbox } from '../mailbox.ts';
import { endedByHand, type MessageFacts, type PastStep } from './message-facts.ts';

/** A row of the ledger that somebody wants changed: locked. */
export interface LockedMessage {
  id: number;
  state: InboundMessage['state'];
  reason: string | null;
  finishedAt: Date | null;
  /** It failed, and waits to be tried again. */
  failing: boolean;
  /** Its bytes are here, or at least its header. */
  kept: boolean;
  headerOnly: boolean;
  facts: MessageFacts;
  mailboxId: number;
  /** Its source can be asked for it again. */
  polled: boolean;
  /** What it became, by this delivery or another one of the same message. */
  ticket: { id: number; ticket_number: string } | null;
}

interface Row {
  id: string;
  state: InboundMessage['state'];
  reason: string | null;
  finished_at: string | Date | null;
  attempts: number;
  raw_sha256: string | null;
  header_only: boolean;
  facts: MessageFacts | null;
  mailbox_id: string;
  source: Mailbox['source'];
  ticket_id: string | null;
  number: string | null;
}

/** Locks a message for a change: whoever applies it at this moment has committed then. 404 when there is none. */
export async function lockMessage({ em }: Transaction, id: number): Promise<LockedMessage> {
  // The lock first, as a statement of its own: what another delivery became meanwhile is read behind it.
  await em.execute('select from inbound_message where id = ? for update', [id]);
  const [row] = await em.execute<Row[]>(
    `select i.id, i.state, i.reason, i.finished_at, i.attempts, case when i.raw_deleted_at is null then i.raw_sha256 end as raw_sha256, i.header_only, i.facts, i.mailbox_id, b.source, t.id as ticket_id, t.number
       from inbound_message i join mailbox b on b.id = i.mailbox_id left join mail_message m on m.id = i.mail_message_id
       left join ticket t on t.id = coalesce(i.ticket_id, m.ticket_id) where i.id = ?`,
    [id],
  );
  if (!row) throw messageNotFound();
  const { state, reason, raw_sha256, header_only, ticket_id, number } = row;
  return {
    ...{ id, state, reason, headerOnly: header_only, kept: raw_sha256 !== null, facts: row.facts ?? {} },
    finishedAt: row.finished_at === null ? null : new Date(row.finished_at),
    failing: row.attempts > 0,
    mailboxId: Number(row.mailbox_id),
    polled: (POLLED as readonly string[]).includes(row.source),
    ticket: ticket_id && number ? { id: Number(ticket_id), ticket_number: ticketNumber(Number(number)) } : null,
  };
}

export function messageNotFound(): AppError {
  return new AppError('not_found', 'There is no such message');
}

/** 409 for what is a ticket already: it says which. */
export function refuseTicket({ ticket }: LockedMessage): void {
  if (ticket) throw new AppError('conflict', `The message is ticket ${ticket.ticket_number} already`, { ticket });
}

/**
 * Its facts with the outcome that ends now and what this person does, which may be an outcome itself. An order that was given before is over.
 */
export function factsAfter(
  { now }: Transaction,
  { facts: { order: _, steps = [], ...facts }, state, reason, finishedAt }: LockedMessage,
  did: Pick<PastStep, 'what'> & Partial<PastStep> & { by: number },
): MessageFacts {
  const at = finishedAt?.toISOString() ?? null;
  const judged: PastStep[] =
    at === null || endedByHand(steps, at) ? [] : [{ at, what: 'judged', state, reason, by: null }];
  return { ...facts, steps: [...steps, ...judged, { at: now.toISOString(), state: null, reason: null, ...did }] };
}
