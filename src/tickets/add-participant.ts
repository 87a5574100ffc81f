import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { displayName, type Employee } from '../people/employee.ts';
import { may } from './access.ts';
import { joinTicket } from './join-ticket.ts';
import { FINAL_STATUSES } from './lifecycle.ts';
import type { LockedTicket } from './locked-ticket.ts';
import { EVENT_COLUMNS, EVENT_VALUES, eventParams, wakeNotice, type NewEvent } from './record-event.ts';
import type { TicketEvent } from './ticket-event.ts';

export interface AddParticipant {
  actor: Employee;
  person: Employee;
  channel: TicketEvent['channel'];
}

const ADD = `
  with t as (update ticket set version = version + 1, updated_at = ? where id = ? returning id),
  e as (insert into ticket_event (ticket_id, ${EVENT_COLUMNS}) select t.id, ${EVENT_VALUES} from t returning id)
  select id as event from e`;

/**
 * Lets a person take part in a locked ticket: from now on they read it, write in it and get its mail. Who does already stays as they are: nothing is
 * written. 403 when not staff, 409 when the ticket is over or the account is closed.
 */
export async function addParticipant(
  tx: Transaction,
  ticket: LockedTicket,
  { actor, person, channel }: AddParticipant,
): Promise<void> {
  if (!may(actor, 'assign')) throw new AppError('forbidden', 'Only staff adds people to a ticket');
  const { status } = ticket;
  if (FINAL_STATUSES.includes(status)) throw new AppError('invalid_transition', 'This ticket is over', { status });
  if (person.status === 'rejected' || person.status === 'disabled')
    throw new AppError('invalid_transition', 'The account of this person is closed');
  const [known] = await tx.em.execute<unknown[]>(
    `select from participant where ticket_id = ? and employee_id = ? and state = 'confirmed'`,
    [ticket.id, person.id],
  );
  if (known || person.id === ticket.requesterId) return;
  const data = { to: displayName(person), participant_id: person.id };
  const event: NewEvent = { actorId: actor.id, type: 'participant_added', channel, data, notify: true };
  await joinTicket(tx, ticket.id, person.id);
  const [row] = await tx.em.execute<{ event: string }[]>(ADD, [tx.now, ticket.id, ...eventParams(tx, event)]);
  ticket.version += 1;
  wakeNotice(tx, event, row?.event);
}
