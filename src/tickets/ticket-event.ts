import { defineEntity, p } from '@mikro-orm/postgresql';
import { Employee } from '../people/employee.ts';
import { Comment } from './comment.ts';
import { Ticket } from './ticket.ts';

const TicketEventSchema = defineEntity({
  name: 'TicketEvent',
  tableName: 'ticket_event',
  properties: {
    id: p.bigint('number').primary(),
    ticket: () => p.manyToOne(Ticket),
    actor: () => p.manyToOne(Employee).nullable(),
    type: p.enum([
      ...(['opened', 'commented', 'status_changed', 'assigned', 'changed', 'bounced'] as const),
      ...(['comment_edited', 'comment_rescheduled', 'comment_taken_back', 'comment_released'] as const),
      ...(['participant_proposed', 'participant_added', 'participant_declined', 'participant_removed'] as const),
      ...(['workflow_failed', 'workflow_retried'] as const),
    ]),
    data: p.json<Record<string, unknown>>().onCreate(() => ({})),
    comment: () => p.manyToOne(Comment).nullable(),
    channel: p.enum(['mail', 'portal', 'api', 'system', 'workflow'] as const),
    notice: p.enum(['none', 'pending', 'done'] as const),
    // until then only staff sees it, and no mail of it is made
    noticeAfter: p.datetime().nullable(),
    createdAt: p.datetime(),
  },
});

/** One line of a ticket's history, written in the transaction that made the change. */
export class TicketEvent extends TicketEventSchema.class {}
TicketEventSchema.setClass(TicketEvent);
