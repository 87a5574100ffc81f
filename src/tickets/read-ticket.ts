import type { EntityManager } from '@mikro-orm/postgresql';
import { displayName, type Employee } from '../people/employee.ts';
import { may, ticketNotFound, visibleTickets, visibleVisibilities } from './access.ts';
import { Attachment } from './attachment.ts';
import { Comment } from './comment.ts';
import { TicketEvent } from './ticket-event.ts';
import { Ticket, ticketNumber } from './ticket.ts';
import { SUMMARY, summaryOf, type SummaryRow, type TicketSummary } from './list-tickets.ts';

/** What became of a comment's mails, for staff. */
export interface DeliveryRow {
  comment_id: number;
  recipient: string;
  state: 'pending' | 'sending' | 'sent' | 'ambiguous' | 'failed' | 'suppressed';
  reason: string | null;
}

export interface TicketView {
  ticket: Ticket;
  summary: TicketSummary;
  follows: { id: number; number: string } | null;
  comments: Comment[];
  attachments: Attachment[];
  events: TicketEvent[];
  deliveries: DeliveryRow[];
}

/** A ticket as one reader sees it, in a fixed number of queries; 404 when there is none for this reader. */
export async function readTicket(em: EntityManager, reader: Employee, id: number): Promise<TicketView> {
  const { sql, params } = visibleTickets(reader);
  const [row] = await em.execute<(SummaryRow & { follows_number: string | null })[]>(
    `select ${SUMMARY.columns}, f.number as follows_number from ticket t ${SUMMARY.joins} left join ticket f on f.id = t.follows_id where t.id = ? and ${sql}`,
    [id, ...params],
  );
  if (!row) throw ticketNotFound();
  const visibility = { $in: [...visibleVisibilities(reader)] };
  const oldestFirst = { orderBy: { createdAt: 'asc', id: 'asc' } } as const;
  const ticket = await em.findOneOrFail(Ticket, id, { populate: ['requester', 'assignee'] });
  const comments = await em.find(Comment, { ticket: id, visibility }, { ...oldestFirst, populate: ['author'] });
  const attachments = await em.find(Attachment, { ticket: id, visibility }, { orderBy: { id: 'asc' } });
  const events = await em.find(TicketEvent, { ticket: id }, { ...oldestFirst, populate: ['actor'] });
  return {
    ticket,
    summary: summaryOf(row),
    follows:
      ticket.followsId && row.follows_number
        ? { id: ticket.followsId, number: ticketNumber(Number(row.follows_number)) }
        : null,
    comments,
    attachments,
    events,
    deliveries: may(reader, 'see-behind') ? await readDeliveries(em, id) : [],
  };
}

/** The last lines of a ticket's history, oldest first. Each change of the version is a line. */
export async function lastEvents(em: EntityManager, ticketId: number, count: number): Promise<TicketEvent[]> {
  if (count < 1) return [];
  const orderBy = { createdAt: 'desc', id: 'desc' } as const;
  const events = await em.find(TicketEvent, { ticket: ticketId }, { orderBy, limit: count, populate: ['actor'] });
  return events.toReversed();
}

async function readDeliveries(em: EntityManager, ticketId: number): Promise<DeliveryRow[]> {
  const rows = await em.execute<(DeliveryRow & { comment_id: string })[]>(
    `select e.comment_id, o.recipient, o.state, o.reason from outbound_message o join ticket_event e on e.id = o.event_id
      where o.ticket_id = ? and e.comment_id is not null order by o.id`,
    [ticketId],
  );
  return rows.map((row) => ({ ...row, comment_id: Number(row.comment_id) }));
}

export function personOf(person: Employee) {
  return { id: person.id, name: displayName(person), email: person.email, role: person.role };
}
