import { AppError } from '../errors.ts';
import type { Sql } from '../db/keyset.ts';
import type { Transaction } from '../db/transaction.ts';
import { isStaff, type Employee, type Person } from '../people/employee.ts';
import type { Actor } from './lifecycle.ts';
import { lockTickets, type LockedTicket } from './locked-ticket.ts';

/**
 * The one scope that decides which tickets a person sees, as a condition on `t` (ticket). Not approved: none. Staff: all. Employee:
 * own ones and those they are a confirmed participant of. Everything that reads tickets goes through it.
 */
export function visibleTickets(reader: Employee): Sql {
  if (reader.status !== 'approved') return { sql: 'false', params: [] };
  if (isStaff(reader)) return { sql: 'true', params: [] };
  return {
    sql: `(t.requester_id = ? or exists (select 1 from participant p
            where p.ticket_id = t.id and p.employee_id = ? and p.state = 'confirmed'))`,
    params: [reader.id, reader.id],
  };
}

/** The comments and files of a visible ticket that a person sees: staff all, others the public ones. */
export function visibleVisibilities(reader: Employee): readonly ('public' | 'internal' | 'pending')[] {
  return isStaff(reader) ? ['public', 'internal', 'pending'] : ['public'];
}

/** In which capacities a person acts on a ticket; the lifecycle asks for one of them. */
export function actorsOf(person: Person, ticket: { requesterId: number }): readonly Actor[] {
  const own: Actor[] = ticket.requesterId === person.id ? ['requester'] : [];
  return isStaff(person) && person.role !== 'employee' ? [...own, person.role] : own;
}

/** Locks a ticket for a change. One that the person may not see does not exist: 404. */
export async function lockTicket(tx: Transaction, reader: Employee, id: number): Promise<LockedTicket> {
  const ticket = (await lockTickets(tx, [id], visibleTickets(reader))).get(id);
  if (!ticket) throw ticketNotFound();
  return ticket;
}

export function ticketNotFound(): AppError {
  return new AppError('not_found', 'There is no such ticket');
}
