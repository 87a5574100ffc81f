import type { EntityManager } from '@mikro-orm/postgresql';
import { openFacts } from '../../tickets/access.ts';
import { ticketNumber } from '../../tickets/ticket.ts';

interface Row {
  id: string;
  type: string;
  data: Record<string, unknown>;
  channel: string;
  created_at: string | Date;
  actor: { id: number; name: string } | null;
  comment: { id: number; author_id: number; body: string } | null;
  ticket: {
    id: number;
    number: number;
    subject: string;
    status: string;
    priority: string | null;
    requester_id: number;
    assignee_id: number | null;
  };
}

const EVENT = `
  select e.id, e.data, e.channel, e.created_at,
      (select json_build_object('id', a.id, 'name', btrim(a.first_name || ' ' || a.last_name)) from employee a where a.id = e.actor_id) as actor,
      (select json_build_object('id', c.id, 'author_id', c.author_id, 'body', c.body) from comment c where c.id = e.comment_id and c.visibility = 'public') as comment,
      json_build_object('id', t.id, 'number', t.number, 'subject', t.subject, 'status', t.status, 'priority', t.priority,
        'requester_id', t.requester_id, 'assignee_id', t.assignee_id) as ticket
    from ticket_event e join ticket t on t.id = e.ticket_id where e.id = ?`;

/**
 * What a webhook is told of an event: what everybody on the ticket may know of it. null: it is gone, or not public any more. The same event makes
 * the same message only while nobody changes its ticket.
 */
export async function webhookMessage(
  em: EntityManager,
  { ticketEventId, event, publicUrl }: { ticketEventId: number; event: string; publicUrl: string },
): Promise<string | null> {
  const [row] = await em.execute<Row[]>(EVENT, [ticketEventId]);
  if (!row || (event.startsWith('comment.') && !row.comment)) return null;
  const { number, ...ticket } = row.ticket;
  return JSON.stringify({
    type: event,
    timestamp: new Date(row.created_at).toISOString(),
    data: {
      ticket: { ...ticket, ticket_number: ticketNumber(number), url: `${publicUrl}/tickets/${ticket.id}` },
      event: { id: Number(row.id), channel: row.channel, actor: row.actor, facts: openFacts(row.data) },
      comment: row.comment,
    },
  });
}
