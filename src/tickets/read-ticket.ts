import type { EntityManager } from '@mikro-orm/postgresql';
import type { Transaction } from '../db/transaction.ts';
import { displayName, type Employee, type Person } from '../people/employee.ts';
import { may, mayDecideWho, seesHeld, ticketNotFound, visibleTickets, visibleVisibilities } from './access.ts';
import { Attachment } from './attachment.ts';
import { Comment, type Trust } from './comment.ts';
import { TicketEvent } from './ticket-event.ts';
import { Ticket, ticketNumber } from './ticket.ts';
import { PEOPLE } from './people-of-ticket.ts';
import { SUMMARY, summaryOf, type SummaryRow, type TicketSummary } from './list-tickets.ts';

/** What became of a comment's mails, for staff. */
export interface DeliveryRow {
  event_id: number;
  /** null: of an event without words. */
  comment_id: number | null;
  recipient: string;
  state: 'pending' | 'sending' | 'sent' | 'ambiguous' | 'failed' | 'suppressed';
  reason: string | null;
}

export interface TicketView {
  /** The moment it was read for. */
  now: Date;
  ticket: Ticket;
  summary: TicketSummary;
  follows: { id: number; number: string } | null;
  comments: Comment[];
  attachments: Attachment[];
  events: TicketEvent[];
  deliveries: DeliveryRow[];
  /** What keeps mail about it back, or mail to somebody on it; for staff. */
  stops: StopRow[];
  participants: ParticipantRow[];
  /** Who follows it; for staff. */
  watchers: PersonRow[];
  /** Whom mails named, for who decides about them. */
  proposals: ProposalRow[];
  /** How sending it to the workflow system goes; for staff. null: it is not sent. */
  workflow: WorkflowRow | null;
}

export interface WorkflowRow {
  state: 'pending' | 'sent' | 'failed';
  attempts: number;
  error: string | null;
  reference: string | null;
  finished_at: string | null;
}

type PersonRow = TicketSummary['requester'];

export interface ParticipantRow {
  person: PersonRow;
  staff: boolean;
}

export interface ProposalRow {
  id: number;
  address: string;
  name: string;
  created_at: string;
  /** Who wrote the mail, and whether that is proven; null: the mail is gone. */
  by: PersonRow | null;
  trust: Trust | null;
}

export interface StopRow {
  id: number;
  kind: 'loop' | 'bounce';
  address: string | null;
  reason: string;
  opened_at: string;
  until: string | null;
}

/** A ticket as one reader sees it, in a fixed number of queries; 404 when there is none for this reader. */
export async function readTicket(
  { em, now }: Pick<Transaction, 'em' | 'now'>,
  reader: Person,
  id: number,
): Promise<TicketView> {
  const { sql, params } = visibleTickets(reader);
  const [row] = await em.execute<Row[]>(
    `select ${SUMMARY.columns}, f.number as follows_number, ${STOPS} as stops, ${SYNC} as workflow, ${PEOPLE} from ticket t ${SUMMARY.joins} left join ticket f on f.id = t.follows_id where t.id = ? and ${sql}`,
    [id, ...params],
  );
  if (!row) throw ticketNotFound();
  const visibility = { $in: [...visibleVisibilities(reader)] };
  const oldestFirst = { orderBy: { createdAt: 'asc', id: 'asc' } } as const;
  const ticket = await em.findOneOrFail(Ticket, id, { populate: ['requester', 'assignee'] });
  const comments = await em.find(
    Comment,
    { ticket: id, visibility, ...notHeld(reader, now) },
    { ...oldestFirst, populate: ['author'] },
  );
  const attachments = await em.find(Attachment, { ticket: id, visibility }, { orderBy: { id: 'asc' } });
  const events = await em.find(
    TicketEvent,
    { ticket: id, ...notYet(reader, now) },
    { ...oldestFirst, populate: ['actor'] },
  );
  return {
    ...{ ticket, now },
    summary: summaryOf(row),
    follows:
      ticket.followsId && row.follows_number
        ? { id: ticket.followsId, number: ticketNumber(Number(row.follows_number)) }
        : null,
    comments,
    attachments,
    events,
    deliveries: may(reader, 'see-behind') ? await readDeliveries(em, id) : [],
    stops: may(reader, 'see-behind') ? (row.stops ?? []) : [],
    participants: row.participants ?? [],
    watchers: may(reader, 'see-behind') ? (row.watchers ?? []) : [],
    proposals: mayDecideWho(reader, { requesterId: ticket.requester.id }) ? (row.proposals ?? []) : [],
    workflow: may(reader, 'see-behind') ? row.workflow : null,
  };
}

/** What waits to go out is for staff only. */
const notHeld = (reader: Person, now: Date) =>
  seesHeld(reader) ? {} : { $or: [{ heldUntil: null }, { heldUntil: { $lte: now } }] };
const notYet = (reader: Person, now: Date) =>
  seesHeld(reader) ? {} : { $or: [{ noticeAfter: null }, { noticeAfter: { $lte: now } }] };

interface Row extends SummaryRow {
  follows_number: string | null;
  stops: StopRow[] | null;
  participants: ParticipantRow[] | null;
  watchers: PersonRow[] | null;
  proposals: ProposalRow[] | null;
  workflow: WorkflowRow | null;
}

const SYNC = `(select json_build_object('state', w.state, 'attempts', w.attempts, 'error', w.error, 'reference', w.reference, 'finished_at', w.finished_at)
    from workflow_sync w where w.ticket_id = t.id)`;

/** In force by the clock of the database: it is shown, and decides nothing. */
const STOPS = `(select json_agg(json_build_object('id', s.id, 'kind', s.kind, 'address', s.address, 'reason', s.reason, 'opened_at', s.opened_at, 'until', s.until) order by s.id)
    from mail_stop s where s.resumed_at is null and (s.until is null or s.until > now()) and (s.ticket_id = t.id or s.address in (
      select e.email from employee e where e.id in (t.requester_id, t.assignee_id)
        or e.id in (select p.employee_id from participant p where p.ticket_id = t.id and p.state = 'confirmed'))))`;

/** The last lines of a ticket's history that a reader sees, oldest first. Each change of the version is a line. */
export async function lastEvents(
  { em, now }: Pick<Transaction, 'em' | 'now'>,
  reader: Employee,
  { ticketId, count }: { ticketId: number; count: number },
): Promise<TicketEvent[]> {
  if (count < 1) return [];
  const orderBy = { createdAt: 'desc', id: 'desc' } as const;
  const events = await em.find(
    TicketEvent,
    { ticket: ticketId, ...notYet(reader, now) },
    { orderBy, limit: count, populate: ['actor'] },
  );
  return events.toReversed();
}

/** While somebody has the row nobody can say yet that it was lost on its way: it is being sent. */
const STATE = `case when o.state = 'ambiguous' and o.lease_token is not null then 'sending' else o.state end`;

async function readDeliveries(em: EntityManager, ticketId: number): Promise<DeliveryRow[]> {
  const rows = await em.execute<(DeliveryRow & { event_id: string; comment_id: string | null })[]>(
    `select o.event_id, e.comment_id, o.recipient, ${STATE} as state, o.reason from outbound_message o join ticket_event e on e.id = o.event_id
      where o.ticket_id = ? order by o.id`,
    [ticketId],
  );
  return rows.map((row) => ({
    ...row,
    event_id: Number(row.event_id),
    comment_id: row.comment_id === null ? null : Number(row.comment_id),
  }));
}

export function personOf(person: Employee) {
  return { id: person.id, name: displayName(person), email: person.email, role: person.role };
}
