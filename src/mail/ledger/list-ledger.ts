import type { EntityManager } from '@mikro-orm/postgresql';
import { beyondId, byId, idPageOf, readIdCursor } from '../../db/id-pages.ts';
import { and, type Sql } from '../../db/keyset.ts';
import type { Trust } from '../../tickets/comment.ts';
import { ticketNumber } from '../../tickets/ticket.ts';
import type { Decision } from '../inbound/decide.ts';
import type { InboundMessage } from '../inbound/inbound-message.ts';
import { listDeliveries, type OtherDelivery } from './list-deliveries.ts';

export interface LedgerFilters {
  state?: InboundMessage['state'] | undefined;
  /** id */
  mailbox?: number | undefined;
  /** Words of the reason. */
  reason?: string | undefined;
  /** Words of sender, subject or Message-ID. */
  q?: string | undefined;
}

/** One delivery of one message, and what became of it. */
export interface LedgerLine {
  id: number;
  mailbox: { id: number; name: string; address: string };
  state: InboundMessage['state'];
  decision: Decision['do'] | null;
  reason: string | null;
  /** The author; of what could not be read, the envelope's sender. */
  sender: string | null;
  subject: string | null;
  message_id: string | null;
  trust: Trust | null;
  discovered_at: string;
  received_at: string | null;
  finished_at: string | null;
  /** What it became, by this delivery or another one of the same message. */
  ticket: { id: number; ticket_number: string } | null;
  comment_id: number | null;
  deliveries: OtherDelivery[];
}

type Moment = string | Date;
export interface LedgerRow {
  id: string;
  mailbox: LedgerLine['mailbox'];
  state: LedgerLine['state'];
  decision: LedgerLine['decision'];
  reason: string | null;
  sender: string | null;
  subject: string | null;
  message_id: string | null;
  mail_message_id: string | null;
  trust: Trust | null;
  discovered_at: Moment;
  received_at: Moment | null;
  finished_at: Moment | null;
  ticket_id: string | null;
  number: string | null;
  comment_id: string | null;
}

/** The columns and joins of a line. Where a message has no id of its own, what stands in for it is nobody's business. */
export const LINE = {
  columns: `i.id, i.state, i.decision, i.reason, coalesce(nullif(i.from_address, ''), i.envelope_from) as sender, i.subject, i.mail_message_id,
    case when m.message_id not like 'content:%' then m.message_id end as message_id, i.trust, i.discovered_at, i.received_at, i.finished_at,
    t.id as ticket_id, t.number, coalesce(i.comment_id, m.comment_id) as comment_id,
    json_build_object('id', b.id, 'name', b.name, 'address', b.address) as mailbox`,
  from: `inbound_message i join mailbox b on b.id = i.mailbox_id left join mail_message m on m.id = i.mail_message_id
    left join ticket t on t.id = coalesce(i.ticket_id, m.ticket_id)`,
} as const;

/** A page of the ledger, what was discovered last first. */
export async function listLedger(
  em: EntityManager,
  { limit = 50, cursor, ...filters }: LedgerFilters & { limit?: number | undefined; cursor?: string | undefined },
): Promise<{ next: string | null; previous: string | null; results: LedgerLine[] }> {
  const from = readIdCursor(cursor);
  const { sql, params } = and(...conditions(filters), beyondId('i.id', from));
  const rows = await em.execute<LedgerRow[]>(
    `select ${LINE.columns} from ${LINE.from} where ${sql} order by ${byId('i.id', from)} limit ${limit + 1}`,
    params,
  );
  const { shown, next, previous } = idPageOf(rows, limit, from);
  const deliveries = await listDeliveries(em, shown);
  return { next, previous, results: shown.map((row) => lineOf(row, deliveries)) };
}

function conditions({ state, mailbox, reason, q }: LedgerFilters): (Sql | null)[] {
  return [
    state === undefined ? null : { sql: 'i.state = ?', params: [state] },
    mailbox === undefined ? null : { sql: 'i.mailbox_id = ?', params: [mailbox] },
    reason === undefined ? null : and(holds([wordsOf('i')], reason), holds(['i.reason'], reason)),
    q === undefined ? null : mentions(q),
  ];
}

/** Exactly the expression of the index `inbound_message_words`, or it is of no use. */
const wordsOf = (row: string) =>
  `(coalesce(${row}.from_address, '') || E'\\n' || coalesce(${row}.envelope_from, '') || E'\\n' || coalesce(${row}.subject, '') || E'\\n' || coalesce(${row}.reason, ''))`;

/** The index finds the rows that hold the words anywhere; which of them are meant is seen there. */
function mentions(words: string): Sql {
  const meant = and(holds([wordsOf('w')], words), holds(['w.from_address', 'w.envelope_from', 'w.subject'], words));
  const named = holds(['n.message_id'], words);
  return {
    sql: `i.id in (select w.id from inbound_message w where ${meant.sql}
      union select w.id from mail_message n join inbound_message w on w.mail_message_id = n.id where ${named.sql})`,
    params: [...meant.params, ...named.params],
  };
}

/** Any of the columns holds these words, in whatever case. */
function holds(columns: readonly string[], words: string): Sql {
  const pattern = `%${words.replace(/[_%\\]/g, '\\$&')}%`;
  return { sql: columns.map((column) => `${column} ilike ?`).join(' or '), params: columns.map(() => pattern) };
}

/** A row as it is shown, with the other deliveries of its message among those that were read. */
export function lineOf(row: LedgerRow, deliveries: ReadonlyMap<string, OtherDelivery[]>): LedgerLine {
  const { mailbox, state, decision, reason, sender, subject, message_id, trust, ticket_id, number } = row;
  const id = Number(row.id);
  const same = row.mail_message_id === null ? [] : (deliveries.get(row.mail_message_id) ?? []);
  return {
    ...{ id, mailbox, state, decision, reason, sender, subject, message_id, trust },
    discovered_at: new Date(row.discovered_at).toISOString(),
    received_at: isoOrNull(row.received_at),
    finished_at: isoOrNull(row.finished_at),
    ticket: ticket_id && number ? { id: Number(ticket_id), ticket_number: ticketNumber(Number(number)) } : null,
    comment_id: row.comment_id === null ? null : Number(row.comment_id),
    deliveries: same.filter((other) => other.id !== id),
  };
}

const isoOrNull = (moment: Moment | null) => moment && new Date(moment).toISOString();
