import type Router from '@koa/router';
import type { Transaction } from '../db/transaction.ts';
import { AppError, fieldError } from '../errors.ts';
import type { Employee } from '../people/employee.ts';
import { defaultPriority } from '../settings/default-priority.ts';
import { readSettings } from '../settings/read-settings.ts';
import { addComment } from '../tickets/add-comment.ts';
import { lockTicket, may } from '../tickets/access.ts';
import { Comment } from '../tickets/comment.ts';
import { Attachment } from '../tickets/attachment.ts';
import { countTickets } from '../tickets/count-tickets.ts';
import { editTicket } from '../tickets/edit-ticket.ts';
import { takeDraft } from '../tickets/draft.ts';
import { holdUntil } from '../tickets/held-reply.ts';
import { findAssignee } from '../tickets/find-assignee.ts';
import { findClassification } from '../tickets/find-category.ts';
import { findMentions } from '../tickets/find-mentions.ts';
import { listTickets } from '../tickets/list-tickets.ts';
import { openTicket } from '../tickets/open-ticket.ts';
import { lastEvents, readTicket } from '../tickets/read-ticket.ts';
import { transitionTicket } from '../tickets/transition-ticket.ts';
import type { LockedTicket } from '../tickets/locked-ticket.ts';
import { channelOf } from './channel.ts';
import { mount, type MountDeps } from './mount.ts';
import { writtenWords } from './written-words.ts';
import { pageLink } from './page-link.ts';
import { presentComment, presentEvent, presentTicket, visibilitiesOf } from './present-ticket.ts';

export interface TicketDeps extends MountDeps {
  /** The mailbox that mails about tickets of the portal are sent from. */
  mailboxId: () => number;
}

/** Of a conflict as many are told. */
const MOST_CHANGES = 20;

export function ticketRoutes(router: Router, deps: TicketDeps): void {
  const { frames } = deps.secrets;

  mount(router, deps, 'listTickets', async ({ tx, actor, query }) => {
    const { count, countCapped, similar, next, previous, results } = await listTickets(tx.em, actor, query, tx.now);
    const link = (cursor: string | null) => pageLink('/api/tickets', query, cursor);
    return { count, count_capped: countCapped, similar, next: link(next), previous: link(previous), results };
  });

  mount(router, deps, 'countTickets', ({ tx, actor }) => countTickets(tx.em, actor, tx.now));

  mount(router, deps, 'readTicket', async ({ tx, actor, params }) =>
    presentTicket(await readTicket(tx, actor, params.id), actor, frames),
  );

  mount(router, deps, 'openTicket', async ({ tx, actor, body, files, ctx }) => {
    const { ticketId } = await openTicket(tx, {
      requester: actor,
      subject: body.subject,
      body: body.description,
      channel: channelOf(ctx),
      priority: body.priority ?? defaultPriority(await readSettings(tx)),
      ...(await findClassification(tx, body)),
      scheduledFor: body.scheduled_for ? new Date(body.scheduled_for) : null,
      mailboxId: deps.mailboxId(),
      files,
    });
    return presentTicket(await readTicket(tx, actor, ticketId), actor, frames);
  });

  mount(router, deps, 'changeTicket', async ({ tx, actor, params, body, ctx }) => {
    const ticket = await lockTicket(tx, actor, params.id);
    const { version, ...changes } = body;
    await refuseStale(tx, actor, ticket, version);
    await editTicket(tx, ticket, { actor, channel: channelOf(ctx), changes });
    return presentTicket(await readTicket(tx, actor, ticket.id), actor, frames);
  });

  mount(router, deps, 'addComment', async ({ tx, actor, params, body, files, ctx }) => {
    const ticket = await lockTicket(tx, actor, params.id);
    await refuseStale(tx, actor, ticket, body.version);
    if (body.visibility === 'internal' && !may(actor, 'note'))
      throw new AppError('forbidden', 'Only staff write internal notes');
    const { status } = ticket;
    if (!visibilitiesOf(actor, status).includes(body.visibility))
      throw new AppError('invalid_transition', 'This ticket is over. Open a new one.', { status, allowed: [] });
    const words = writtenWords(body);
    const { visibility, undo, send_at: at, draft: version, move } = body;
    if (move && (visibility !== 'public' || !may(actor, 'note')))
      throw fieldError('move', 'is for public replies of staff');
    const heldUntil = await holdUntil(tx, ticket, {
      ...{ author: actor, visibility, undo, sendAt: at === undefined ? undefined : new Date(at) },
    });
    const of = { ticketId: ticket.id, employeeId: actor.id, visibility };
    const draft = version === undefined ? null : await takeDraft(tx, of, version);
    const given = {
      ...{ ticket, author: actor, ...words },
      ...{ visibility, heldUntil, channel: channelOf(ctx) },
      files: [...(draft?.files ?? []), ...files],
      mentions: may(actor, 'note') ? await findMentions(tx, ticket.id, words.body) : [],
    };
    const id = await addComment(tx, given);
    if (move)
      await transitionTicket(tx, ticket, { name: move, actor, channel: channelOf(ctx), reply: { id, heldUntil } });
    const comment = await tx.em.findOneOrFail(Comment, id, { populate: ['author'] });
    const shown = { reader: actor, status: ticket.status, frames, now: tx.now };
    return presentComment(comment, await tx.em.find(Attachment, { comment: id }), shown);
  });

  mount(router, deps, 'transitionTicket', async ({ tx, actor, params, body, ctx }) => {
    const ticket = await lockTicket(tx, actor, params.id);
    await refuseStale(tx, actor, ticket, body.version);
    const { categoryId, subCategoryId } = await findClassification(tx, { category: body.category });
    await transitionTicket(tx, ticket, {
      name: body.name,
      actor,
      channel: channelOf(ctx),
      ...{ categoryId, subCategoryId },
      ...(body.priority && { priority: body.priority }),
      ...(body.reason && { reason: body.reason }),
      ...(body.comment && { comment: body.comment }),
      ...(body.assignee && { assignee: await findAssignee(tx, body.assignee) }),
    });
    return presentTicket(await readTicket(tx, actor, ticket.id), actor, frames);
  });
}

/** 409 with what happened since, for a change that was made for another version of the ticket. */
async function refuseStale(
  tx: Transaction,
  reader: Employee,
  { id, version }: LockedTicket,
  given: number | undefined,
): Promise<void> {
  if (given === undefined || given === version) return;
  const since = await lastEvents(tx, reader, { ticketId: id, count: Math.min(version - given, MOST_CHANGES) });
  const changes = since.flatMap((event) => presentEvent(event, reader) ?? []);
  throw new AppError('version_conflict', 'The ticket has changed since you read it', { version, changes });
}
