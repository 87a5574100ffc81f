import type { z } from 'zod';
import type { statusLinkRoutes } from '../contract/routes/status-link.ts';
import type { StatusLink } from '../mail/find-status-link.ts';
import { displayName } from '../people/employee.ts';
import type { Comment } from '../tickets/comment.ts';
import type { TicketView } from '../tickets/read-ticket.ts';
import { transitionsFor } from '../tickets/transition-ticket.ts';
import { visibilitiesOf } from './present-ticket.ts';

type StatusPage = z.input<(typeof statusLinkRoutes)['readByLink']['response']>;

/** A ticket for whoever has a status link to it. */
export function presentStatusPage(view: TicketView, { holder, expires }: StatusLink): StatusPage {
  const { ticket, summary, comments, attachments } = view;
  const moves = transitionsFor(holder, { status: ticket.status, requesterId: ticket.requester.id });
  return {
    ticket_number: summary.ticket_number,
    subject: ticket.subject,
    status: ticket.status,
    status_reason: ticket.statusReason ?? null,
    created_at: ticket.createdAt.toISOString(),
    assignee: ticket.assignee ? { name: displayName(ticket.assignee) } : null,
    conversation: comments.map((comment) => ({
      id: comment.id,
      author: nameFor(comment, holder.id),
      by: sideOf(comment, holder.id),
      body: comment.body,
      created_at: comment.createdAt.toISOString(),
      files: attachments
        .filter((file) => file.comment?.id === comment.id && !file.inline)
        .map(({ id, filename, size, scan }) => ({ id, filename, size, infected: scan === 'infected' })),
    })),
    may_reply: visibilitiesOf(holder, ticket.status).includes('public'),
    may_answer: moves.some(({ name }) => name === 'close'),
    expires_at: expires.toISOString(),
  };
}

function sideOf({ author }: Comment, reader: number): 'you' | 'desk' | 'other' {
  if (author.id === reader) return 'you';
  return author.role === 'employee' ? 'other' : 'desk';
}

/** A name, never an address of somebody else. */
function nameFor({ author }: Comment, reader: number): string {
  const name = `${author.firstName} ${author.lastName}`.trim();
  return author.id === reader ? displayName(author) : name;
}
