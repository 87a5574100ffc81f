import type { z } from 'zod';
import type * as schema from '../contract/schemas.ts';
import { hasThumbnail } from '../files/picture.ts';
import type { Employee, Person } from '../people/employee.ts';
import { may, visibleFacts } from '../tickets/access.ts';
import { FINAL_STATUSES, type Status } from '../tickets/lifecycle.ts';
import type { Keyring } from '../secrets.ts';
import type { Attachment } from '../tickets/attachment.ts';
import type { Comment } from '../tickets/comment.ts';
import type { TicketEvent } from '../tickets/ticket-event.ts';
import { editableUntil } from '../tickets/edit-comment.ts';
import { cleanRichText } from '../tickets/rich-text.ts';
import { personOf, type DeliveryRow, type TicketView } from '../tickets/read-ticket.ts';
import { mayRemove } from '../tickets/remove-participant.ts';
import { transitionsFor } from '../tickets/transition-ticket.ts';
import { framePath } from './frame-token.ts';

/** A ticket as the contract gives it to this reader. */
export function presentTicket(view: TicketView, reader: Employee, frames: Keyring): z.input<typeof schema.Ticket> {
  const { ticket, summary } = view;
  const shown = { reader, frames, status: ticket.status, now: view.now };
  const lockable = { requesterId: ticket.requester.id, assigneeId: ticket.assignee?.id ?? null };
  return {
    ...summary,
    version: ticket.version,
    status_reason: ticket.statusReason ?? null,
    scheduled_for: ticket.scheduledFor?.toISOString() ?? null,
    resolved_at: ticket.resolvedAt?.toISOString() ?? null,
    closed_at: ticket.closedAt?.toISOString() ?? null,
    follows: view.follows && { id: view.follows.id, ticket_number: view.follows.number },
    conversation: view.comments.map((comment) => {
      const files = view.attachments.filter((attachment) => attachment.comment?.id === comment.id);
      return presentComment(comment, files, { ...shown, deliveries: view.deliveries });
    }),
    events: view.events.flatMap((event) => presentEvent(event, reader, view.deliveries) ?? []),
    mail_stops: view.stops.map((stop) => ({
      ...stop,
      opened_at: new Date(stop.opened_at).toISOString(),
      until: stop.until && new Date(stop.until).toISOString(),
    })),
    participants: view.participants.map(({ person, staff }) => ({
      person,
      may_remove: mayRemove(reader, lockable, { id: person.id, staff }),
    })),
    watchers: view.watchers,
    proposals: view.proposals.map(({ by, trust, created_at, ...proposal }) => ({
      ...{ ...proposal, proposed_by: by, verified: trust === 'T2' || trust === 'T3' },
      created_at: new Date(created_at).toISOString(),
    })),
    workflow: view.workflow && {
      ...view.workflow,
      finished_at: view.workflow.finished_at && new Date(view.workflow.finished_at).toISOString(),
    },
    transitions: transitionsFor(reader, { status: ticket.status, requesterId: ticket.requester.id }).map(
      ({ name, to, needs }) => ({ name, to, needs: [...needs] }),
    ),
    may_comment: visibilitiesOf(reader, ticket.status),
  };
}

/** Which comments a person may write: notes always, replies until the ticket is over for its requester. */
export function visibilitiesOf(person: Person, status: Status): ('public' | 'internal')[] {
  if (may(person, 'note')) return ['public', 'internal'];
  return may(person, 'reply') && !FINAL_STATUSES.includes(status) ? ['public'] : [];
}

export function presentEvent(
  event: TicketEvent,
  reader: Person,
  deliveries: readonly DeliveryRow[] = [],
): z.input<typeof schema.TicketEvent> | null {
  const data = visibleFacts(reader, event);
  const { id, type, channel, actor, createdAt } = event;
  return (
    data && {
      ...{ id, type, channel, data, actor: actor ? personOf(actor) : null, created_at: createdAt.toISOString() },
      deliveries: deliveries.filter((one) => one.event_id === id && one.comment_id === null).map(presentDelivery),
    }
  );
}

export interface ShownTo {
  reader: Employee;
  status: Status;
  frames: Keyring;
  now: Date;
  deliveries?: readonly DeliveryRow[];
}

export function presentComment(
  comment: Comment,
  files: readonly Attachment[],
  { deliveries = [], reader, frames, status, now }: ShownTo,
): z.input<typeof schema.Comment> {
  const ahead = (time: Date | null | undefined) => (time && time >= now ? time.toISOString() : null);
  const byMail = comment.channel === 'mail';
  const until = editableUntil(reader, status, { ...comment, authorId: comment.author.id });
  return {
    id: comment.id,
    author: personOf(comment.author),
    visibility: comment.visibility,
    channel: comment.channel,
    body: comment.body,
    quoted: comment.quoted,
    signature: comment.signature,
    body_html: byMail || !comment.html ? null : cleanRichText(comment.html),
    frame: !byMail || comment.html === null ? null : framePath(frames, { kind: 'comment', id: comment.id }),
    verified: comment.trust === null ? null : comment.trust === 'T2' || comment.trust === 'T3',
    trust: may(reader, 'see-behind') ? (comment.trust ?? null) : null,
    created_at: comment.createdAt.toISOString(),
    revision: comment.revision,
    edited_at: comment.editedAt?.toISOString() ?? null,
    editable_until: ahead(until),
    held_until: ahead(comment.heldUntil),
    attachments: files.map(presentAttachment),
    deliveries: deliveries.filter(({ comment_id }) => comment_id === comment.id).map(presentDelivery),
  };
}

function presentDelivery({ recipient, state, reason }: DeliveryRow): z.input<typeof schema.Delivery> {
  return { recipient, state, reason };
}

function presentAttachment({
  id,
  filename,
  contentType,
  size,
  inline,
  scan,
}: Attachment): z.input<typeof schema.Attachment> {
  const path = `/api/attachments/${id}`;
  const thumbnail = hasThumbnail({ contentType }) && scan !== 'infected' ? `${path}/thumbnail` : null;
  return { id, filename, content_type: contentType, size, inline, scan, url: `${path}/download`, thumbnail };
}
