import type Router from '@koa/router';
import type { Transaction } from '../db/transaction.ts';
import { AppError, fieldError } from '../errors.ts';
import { Employee, isStaff } from '../people/employee.ts';
import { defaultPriority } from '../settings/default-priority.ts';
import { readSettings } from '../settings/read-settings.ts';
import { addComment } from '../tickets/add-comment.ts';
import { lockTicket } from '../tickets/access.ts';
import { Comment } from '../tickets/comment.ts';
import { Attachment } from '../tickets/attachment.ts';
import { findClassification } from '../tickets/find-category.ts';
import { listTickets } from '../tickets/list-tickets.ts';
import { openTicket } from '../tickets/open-ticket.ts';
import { readTicket } from '../tickets/read-ticket.ts';
import { transitionTicket } from '../tickets/transition-ticket.ts';
import { FINAL_STATUSES } from '../tickets/lifecycle.ts';
import { mount, type Call, type MountDeps } from './mount.ts';
import { presentComment, presentTicket } from './present-ticket.ts';

export interface TicketDeps extends MountDeps {
  /** The mailbox that mails about tickets of the portal are sent from. */
  mailboxId: () => number;
}

export function ticketRoutes(router: Router, deps: TicketDeps): void {
  const { frames } = deps.secrets;

  mount(router, deps, 'listTickets', async ({ tx, actor, query }) => {
    const { count, countCapped, next, previous, results } = await listTickets(tx.em, actor, query);
    const link = (cursor: string | null) => cursor && linkTo({ ...query, cursor });
    return { count, count_capped: countCapped, next: link(next), previous: link(previous), results };
  });

  mount(router, deps, 'readTicket', async ({ tx, actor, params }) =>
    presentTicket(await readTicket(tx.em, actor, params.id), actor, frames),
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
    return presentTicket(await readTicket(tx.em, actor, ticketId), actor, frames);
  });

  mount(router, deps, 'addComment', async ({ tx, actor, params, body, files, ctx }) => {
    const ticket = await lockTicket(tx, actor, params.id);
    if (body.visibility === 'internal' && !isStaff(actor))
      throw new AppError('forbidden', 'Only staff write internal notes');
    const { status } = ticket;
    if (FINAL_STATUSES.includes(status) && !isStaff(actor))
      throw new AppError('invalid_transition', 'This ticket is over. Open a new one.', { status, allowed: [] });
    const given = {
      ticket,
      author: actor,
      body: body.body,
      visibility: body.visibility,
      channel: channelOf(ctx),
      files,
    };
    const id = await addComment(tx, given);
    const comment = await tx.em.findOneOrFail(Comment, id, { populate: ['author'] });
    return presentComment(comment, await tx.em.find(Attachment, { comment: id }), [], frames);
  });

  mount(router, deps, 'transitionTicket', async ({ tx, actor, params, body, ctx }) => {
    const ticket = await lockTicket(tx, actor, params.id);
    if (body.version !== undefined && body.version !== ticket.version)
      throw new AppError('version_conflict', 'The ticket has changed since you read it', { version: ticket.version });
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
    return presentTicket(await readTicket(tx.em, actor, ticket.id), actor, frames);
  });
}

async function findAssignee(tx: Transaction, id: number): Promise<Employee> {
  const found = await tx.em.findOne(Employee, id);
  if (!found) throw fieldError('assignee', 'There is no such employee');
  return found;
}

/** The portal says so; everybody else is the API. */
function channelOf(ctx: Call<'readTicket'>['ctx']): 'portal' | 'api' {
  return ctx.get('x-client') === 'portal' ? 'portal' : 'api';
}

function linkTo(query: Record<string, string | number | undefined>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, String(value));
  return `/api/tickets?${search}`;
}
