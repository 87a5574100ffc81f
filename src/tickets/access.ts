import { AppError } from '../errors.ts';
import type { Sql } from '../db/keyset.ts';
import type { Transaction } from '../db/transaction.ts';
import type { Person } from '../people/employee.ts';
import type { Actor, Role } from './lifecycle.ts';
import { lockTickets, type LockedTicket } from './locked-ticket.ts';

/** What may be done to a ticket. Which status change is possible when, the lifecycle says; `triage` is to take part in that as staff. */
export type TicketAction = 'view' | 'reply' | 'note' | 'assign' | 'triage' | 'see-behind';

/** Each role's actions on the tickets in its scope. `see-behind`: notes, held-back words, mails and what was found out about senders. */
const MAY: Record<Role, readonly TicketAction[]> = {
  employee: ['view', 'reply'],
  coordinator: ['view', 'reply', 'note', 'assign', 'triage', 'see-behind'],
  admin: ['view', 'reply', 'note', 'assign', 'triage', 'see-behind'],
};

/**
 * The one function that decides what a person may do to a ticket, together with the one scope below that decides to which: the document's
 * multi-level check. Not approved: nothing. Then by role; whose ticket it is, the scope has asked.
 */
export function may(person: Pick<Person, 'role' | 'status'>, action: TicketAction): boolean {
  return person.status === 'approved' && MAY[person.role].includes(action);
}

/** Own ones always, and those that they are a confirmed participant of. */
const OWN = `t.requester_id = ? or exists (select from participant p
    where p.ticket_id = t.id and p.employee_id = ? and p.state = 'confirmed')`;

/** Where the settings say so a coordinator has the tickets of their departments, those of none, and what is assigned to them. Unset: all of them. */
const coordinated = (
  who: string,
) => `not exists (select from setting where key = 'coordinator_scope' and coalesce(environment, value) = '"departments"')
    or t.department_id is null
    or t.assignee_id = ${who}
    or t.department_id in (select department_id from coordinator_department where employee_id = ${who})`;

/** The staff in whose scope a ticket is, as a condition on `t` and `e` (employee): the same rule, for all readers at once. */
export const COORDINATES = `e.status = 'approved' and (e.role = 'admin' or e.role = 'coordinator' and (${coordinated('e.id')}))`;

const SCOPES: Record<Role, (id: number) => Sql> = {
  admin: () => ({ sql: 'true', params: [] }),
  coordinator: (id) => ({ sql: `(${coordinated('?')} or ${OWN})`, params: [id, id, id, id] }),
  employee: (id) => ({ sql: `(${OWN})`, params: [id, id] }),
};

/** The one scope that decides which tickets a person sees, as a condition on `t` (ticket). Everything that reads tickets goes through it. */
export function visibleTickets(reader: Pick<Person, 'id' | 'role' | 'status'>): Sql {
  return may(reader, 'view') ? SCOPES[reader.role](reader.id) : { sql: 'false', params: [] };
}

/** The comments and files of a visible ticket that a person sees. */
export function visibleVisibilities(reader: Person): readonly ('public' | 'internal' | 'pending')[] {
  return may(reader, 'see-behind') ? ['public', 'internal', 'pending'] : ['public'];
}

/** Whether a person sees a reply before it goes out. */
export function seesHeld(reader: Person): boolean {
  return may(reader, 'see-behind');
}

/** The comments that have gone out by `now`, as a condition on an alias of `comment`; all of them for who sees those that wait. */
export function goneOut(reader: Person, alias: string, now: Date): Sql {
  return seesHeld(reader)
    ? { sql: 'true', params: [] }
    : { sql: `(${alias}.held_until is null or ${alias}.held_until <= ?)`, params: [now] };
}

/** Facts of a line of history that everybody on the ticket sees; the others are about senders and their mail. */
const OPEN_FACTS = ['transition', 'from', 'to', 'reason', 'visibility', 'priority', 'category', 'changed'];

/** Lines of history that only staff sees: of other systems, of mails that came back, and of people that mails proposed. */
const BEHIND = ['workflow_failed', 'workflow_retried', 'bounced', 'participant_proposed', 'participant_declined'];

/** What a person sees of a line of history; null: not even that it is there. */
export function visibleFacts(
  reader: Person,
  { type, data }: { type: string; data: Record<string, unknown> },
): Record<string, unknown> | null {
  if (may(reader, 'see-behind')) return data;
  if (BEHIND.includes(type) || (data['visibility'] ?? 'public') !== 'public') return null;
  return openFacts(data);
}

/** What everybody on the ticket may know of a line of history, and other systems that are told of it. */
export function openFacts(data: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).filter(([name]) => OPEN_FACTS.includes(name)));
}

/** Whether a person decides who takes part: staff, and whose ticket it is. */
export function mayDecideWho(person: Pick<Person, 'id' | 'role' | 'status'>, ticket: { requesterId: number }): boolean {
  return may(person, 'assign') || (may(person, 'reply') && person.id === ticket.requesterId);
}

/** In which capacities a person acts on a ticket; the lifecycle asks for one of them. */
export function actorsOf(person: Person, ticket: { requesterId: number }): readonly Actor[] {
  const own: Actor[] = person.status === 'approved' && ticket.requesterId === person.id ? ['requester'] : [];
  return may(person, 'triage') && person.role !== 'employee' ? [...own, person.role] : own;
}

/** Locks a ticket for a change. One that the person may not see does not exist: 404. */
export async function lockTicket(tx: Transaction, reader: Person, id: number): Promise<LockedTicket> {
  const ticket = (await lockTickets(tx, [id], visibleTickets(reader))).get(id);
  if (!ticket) throw ticketNotFound();
  return ticket;
}

/** 404 for a ticket that the person may not see. */
export async function requireTicket({ em }: Pick<Transaction, 'em'>, reader: Person, id: number): Promise<void> {
  const { sql, params } = visibleTickets(reader);
  const [row] = await em.execute<unknown[]>(`select from ticket t where t.id = ? and ${sql}`, [id, ...params]);
  if (!row) throw ticketNotFound();
}

export function ticketNotFound(): AppError {
  return new AppError('not_found', 'There is no such ticket');
}
