import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { displayName, type Employee } from '../people/employee.ts';
import { may } from './access.ts';
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
  e as (insert into ticket_event (ticket_id, ${EVENT_COLUMNS}) select t.id, ${EVENT_VALUES} from t returning id, ticket_id, created_at),
  p as (insert into participant (ticket_id, employee_id, state, created_at, since_event_id)
      select e.ticket_id, ?::bigint, 'confirmed', e.created_at, e.id from e
      on conflict (ticket_id, employee_id) do update set state = 'confirmed', since_event_id = excluded.since_event_id)
  select id as event from e`;

/** Lets a person take part in a locked ticket, as staff says. 403 when not staff. */
export async function addParticipant(tx: Transaction, ticket: LockedTicket, given: AddParticipant): Promise<void> {
  if (!may(given.actor, 'assign')) throw new AppError('forbidden', 'Only staff adds people to a ticket');
  await letTakePart(tx, ticket, given);
}

/**
 * A person takes part in a locked ticket: from now on they read it, write in it and get its mail. Who does already stays as they are: nothing is
 * written. 409 when the ticket is over or the account is closed.
 */
export async function letTakePart(
  tx: Transaction,
  ticket: LockedTicket,
  { actor, person, channel }: AddParticipant,
): Promise<void> {
  const { status } = ticket;
  if (FINAL_STATUSES.includes(status)) throw new AppError('invalid_transition', 'This ticket is over', { status });
  if (person.status === 'rejected' || person.status === 'disabled')
    throw new AppError('invalid_transition', 'The account of this person is closed');
  const [known] = await tx.em.execute<unknown[]>(
    `select from participant where ticket_id = ? and employee_id = ? and state = 'confirmed'`,
    [ticket.id, person.id],
  );
  // Whoever adds the address by hand has decided about the mail that named it.
  await tx.em.execute('delete from participant_proposal where ticket_id = ? and address = ?', [
    ...[ticket.id, person.email],
  ]);
  if (known || person.id === ticket.requesterId) return;
  const data = { to: displayName(person), participant_id: person.id };
  const event: NewEvent = { actorId: actor.id, type: 'participant_added', channel, data, notify: true };
  const [row] = await tx.em.execute<{ event: string }[]>(ADD, [
    ...[tx.now, ticket.id, ...eventParams(tx, event)],
    person.id,
  ]);
  ticket.version += 1;
  wakeNotice(tx, event, row?.event);
}
