import type { Transaction } from '../db/transaction.ts';
import { AppError, fieldError } from '../errors.ts';
import type { Person } from '../people/employee.ts';
import { actorsOf } from './access.ts';
import { joinTicket } from './join-ticket.ts';
import {
  FINAL_STATUSES,
  findTransition,
  transitionsFrom,
  type Need,
  type Status,
  type Transition,
  type TransitionName,
} from './lifecycle.ts';
import type { LockedTicket } from './locked-ticket.ts';
import { COMMENT_PARTS, commentParams } from './new-comment.ts';
import { EVENT_COLUMNS, EVENT_VALUES, eventParams, wakeNotice, type NewEvent } from './record-event.ts';
import type { TicketEvent } from './ticket-event.ts';
import type { Priority } from './ticket.ts';

/** The workflow system, which does what the lifecycle lets it. */
export const WORKFLOW = 'workflow';

/** What a transition was given; the lifecycle's `needs` say which of it must be there. */
export interface TransitionTicket {
  name: TransitionName;
  actor: Person | typeof WORKFLOW;
  channel: TicketEvent['channel'];
  priority?: Priority;
  categoryId?: number | null;
  subCategoryId?: number | null;
  reason?: string;
  comment?: string;
  /** Somebody of staff. */
  assignee?: Person;
  /** Further facts for the history. */
  facts?: Record<string, unknown>;
  /** The reply that it goes with. */
  reply?: Reply;
}

/** A reply that changes the status. It tells of it, so there is no other mail; `heldUntil`: only staff sees the line until then, as the reply. */
export interface Reply {
  id: number;
  heldUntil: Date | null;
}

/** Changes the status of a locked ticket as the lifecycle allows: 403 for a wrong role, 409 with the allowed ones, 400 for what is missing. */
export async function transitionTicket(tx: Transaction, ticket: LockedTicket, given: TransitionTicket): Promise<void> {
  const { name, actor, channel } = given;
  refuseWrong(ticket, given);
  for (const need of findTransition(name).needs) refuseMissing(need, ticket, given);

  const person = actor === WORKFLOW ? null : actor;
  const assignee = (name === 'claim' && person) || given.assignee;
  const [set] = await tx.em.execute<{ priority: Priority | null; category: string | null }[]>(
    `update ticket set priority = coalesce(?, priority), category_id = coalesce(?::bigint, category_id),
       sub_category_id = coalesce(?::bigint, sub_category_id), assignee_id = coalesce(?::bigint, assignee_id) where id = ?
     returning priority, (select name from category where category.id = coalesce(ticket.sub_category_id, ticket.category_id)) as category`,
    [given.priority ?? null, given.categoryId ?? null, given.subCategoryId ?? null, assignee?.id ?? null, ticket.id],
  );
  const passedOn = assignee && assignee.id !== ticket.assigneeId ? assignee.id : null;
  if (passedOn) await joinTicket(tx, ticket.id, passedOn);
  const { comment } = given;
  // Words have an author, and the workflow system is nobody: what it says is why.
  const reason = given.reason ?? (person ? undefined : comment);
  await moveTicket(tx, ticket, {
    name,
    actorId: person?.id ?? null,
    channel,
    notify: given.reply === undefined,
    ...(given.reply && { reply: given.reply }),
    ...(reason && { reason }),
    ...(comment && { comment }),
    facts: { ...given.facts, ...(name === 'approve' && set), ...(passedOn && { assignee_id: passedOn }) },
  });
}

function refuseWrong(ticket: LockedTicket, { name, actor }: TransitionTicket): void {
  const { by, from } = findTransition(name);
  const actors = actor === WORKFLOW ? ([WORKFLOW] as const) : actorsOf(actor, ticket);
  if (!by.some((one) => actors.includes(one)))
    throw new AppError(
      'forbidden',
      `${actor === WORKFLOW ? 'The workflow system' : 'Your role'} may not ${name} a ticket`,
    );
  if (from.includes(ticket.status)) return;
  const { status } = ticket;
  const allowed = transitionsFrom(status, actors).map((transition) => transition.name);
  const message = `A ticket that is ${status.replace('_', ' ')} cannot be changed by "${name}"`;
  throw new AppError('invalid_transition', message, { status, transition: name, allowed });
}

function refuseMissing(need: Need, ticket: LockedTicket, given: TransitionTicket): void {
  const there: Record<Need, boolean> = {
    priority: Boolean(given.priority ?? ticket.priority),
    category: Boolean(given.categoryId ?? ticket.categoryId ?? ticket.departmentId),
    reason: Boolean(given.reason),
    comment: Boolean(given.comment),
    assignee: Boolean(given.assignee ?? ticket.assigneeId),
  };
  if (!there[need]) throw fieldError(need, 'is needed for this');
}

export interface MoveTicket {
  name: TransitionName;
  /** null: the desk itself. */
  actorId: number | null;
  channel: TicketEvent['channel'];
  reason?: string;
  /** Public words that go with it, such as how it was resolved. */
  comment?: string;
  /** Further facts for the history, such as what it was approved as. */
  facts?: Record<string, unknown>;
  notify: boolean;
  reply?: Reply;
}

/** `c` without words of its own: those of the reply that it goes with, or none. */
const NO_COMMENT = `c as (select ?::bigint as id, t.id as ticket_id from t)`;

const MOVE = (commentParts: string) => `
  with t as (
    update ticket set status = ?, status_reason = ?, version = version + 1, updated_at = ?, comment_count = comment_count + ?,
        resolved_at = case ? when 'resolved' then ?::timestamptz when 'closed' then resolved_at end,
        closed_at = case when ?::boolean then ?::timestamptz end
      where id = ? returning id),
  ${commentParts},
  e as (insert into ticket_event (ticket_id, comment_id, ${EVENT_COLUMNS}) select c.ticket_id, c.id, ${EVENT_VALUES} from c returning id),
  w as (insert into workflow_sync (ticket_id, next_at, created_at) select t.id, ?::timestamptz, ?::timestamptz from t
      where ?::boolean and exists (select from setting where key = 'workflow_system' and environment is not null)
      on conflict (ticket_id) do nothing returning id)
  select e.id as event, (select id from w) as sync from e`;

/** The only writer of `status`, but for a reply that is taken back (`takeBackMove`). What becomes open is due for the workflow system, where there is one. Does not ask who may: `transitionTicket` and the lifecycle's consequences do. */
export async function moveTicket(tx: Transaction, ticket: LockedTicket, given: MoveTicket): Promise<void> {
  const { name, actorId, channel, reason, comment, notify, facts, reply } = given;
  const heldUntil = reply?.heldUntil ?? null;
  const { to } = findTransition(name);
  const from = ticket.status;
  const data = { transition: name, from, to, ...(reason && { reason }), ...facts };
  const event: NewEvent = {
    ...{ actorId, type: 'status_changed', channel, data, notify },
    ...(heldUntil && { at: heldUntil, notBefore: heldUntil }),
  };
  const words = actorId !== null && comment ? { authorId: actorId, body: comment } : null;
  const said =
    words &&
    commentParams(tx, {
      ...words,
      visibility: 'public',
      channel: channel === 'system' || channel === 'workflow' ? 'api' : channel,
    });
  const [row] = await tx.em.execute<{ event: string; sync: string | null }[]>(MOVE(said ? COMMENT_PARTS : NO_COMMENT), [
    ...[to, reason ?? null, tx.now, said ? 1 : 0, to, tx.now, FINAL_STATUSES.includes(to), tx.now, ticket.id],
    ...(said ?? [reply?.id ?? null]),
    ...eventParams(tx, event),
    ...[tx.now, tx.now, to === 'open'],
  ]);
  if (row?.sync) tx.wake('send-workflow', Number(row.sync));
  ticket.status = to;
  ticket.version += 1;
  wakeNotice(tx, event, row?.event);
}

/** What a person may do to a ticket now, for the answer of the API. */
export function transitionsFor(person: Person, ticket: { status: Status; requesterId: number }): readonly Transition[] {
  return transitionsFrom(ticket.status, actorsOf(person, ticket));
}
