import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { Employee, displayName, isStaff } from '../people/employee.ts';
import { may, mayDecideWho } from './access.ts';
import type { LockedTicket } from './locked-ticket.ts';
import { addLine } from './record-event.ts';
import type { TicketEvent } from './ticket-event.ts';

/** Whom somebody may take off a ticket: staff anybody, whose ticket it is those who are not staff, everybody themselves. */
export function mayRemove(
  actor: Employee,
  ticket: { requesterId: number; assigneeId: number | null },
  person: { id: number; staff: boolean },
): boolean {
  if (person.id === ticket.requesterId || person.id === ticket.assigneeId) return false;
  if (may(actor, 'assign') || actor.id === person.id) return true;
  return mayDecideWho(actor, ticket) && !person.staff;
}

/**
 * A participant of a locked ticket takes part no longer: they read no more of it, get no more mail, and their reply token opens nothing. 404 when they do
 * not take part, 409 for whose ticket it is and for who has it, 403 for who may not say so.
 */
export async function removeParticipant(
  tx: Transaction,
  ticket: LockedTicket,
  { actor, personId, channel }: { actor: Employee; personId: number; channel: TicketEvent['channel'] },
): Promise<void> {
  const [row] = await tx.em.execute<unknown[]>(
    `select from participant where ticket_id = ? and employee_id = ? and state = 'confirmed'`,
    [ticket.id, personId],
  );
  if (!row) throw new AppError('not_found', 'This person does not take part in the ticket');
  if (personId === ticket.requesterId) throw new AppError('conflict', 'It is their ticket');
  if (personId === ticket.assigneeId)
    throw new AppError('conflict', 'They have the ticket: give it to somebody else first');
  const person = await tx.em.findOneOrFail(Employee, personId);
  if (!mayRemove(actor, ticket, { id: personId, staff: isStaff(person) }))
    throw new AppError('forbidden', 'Only staff takes this person off the ticket');
  await tx.em.execute(`update participant set state = 'removed' where ticket_id = ? and employee_id = ?`, [
    ...[ticket.id, personId],
  ]);
  const data = { to: displayName(person), participant_id: personId };
  await addLine(tx, ticket, { actorId: actor.id, type: 'participant_removed', channel, data, notify: false });
}
