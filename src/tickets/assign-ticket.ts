import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { displayName, type Employee } from '../people/employee.ts';
import { may } from './access.ts';
import { joinTicket } from './join-ticket.ts';
import { FINAL_STATUSES } from './lifecycle.ts';
import type { LockedTicket } from './locked-ticket.ts';
import { EVENT_COLUMNS, EVENT_VALUES, eventParams, wakeNotice, type NewEvent } from './record-event.ts';
import type { TicketEvent } from './ticket-event.ts';

export interface AssignTicket {
  actor: Employee;
  /** null: nobody. */
  assignee: Employee | null;
  channel: TicketEvent['channel'];
}

const ASSIGN = `
  with t as (update ticket set assignee_id = ?::bigint, version = version + 1, updated_at = ? where id = ? returning id),
  e as (insert into ticket_event (ticket_id, ${EVENT_COLUMNS}) select t.id, ${EVENT_VALUES} from t returning id)
  select id as event from e`;

/** Gives a locked ticket to a member of staff, or to nobody. Who has it already keeps it: nothing is written. 409 when it is over. */
export async function assignTicket(
  tx: Transaction,
  ticket: LockedTicket,
  { actor, assignee, channel }: AssignTicket,
): Promise<void> {
  if (!may(actor, 'assign')) throw new AppError('forbidden', 'Your role may not assign a ticket');
  const { status } = ticket;
  if (FINAL_STATUSES.includes(status)) throw new AppError('invalid_transition', 'This ticket is over', { status });
  if ((assignee?.id ?? null) === ticket.assigneeId) return;
  const data = { to: assignee && displayName(assignee), assignee_id: assignee?.id ?? null };
  const event: NewEvent = { actorId: actor.id, type: 'assigned', channel, data, notify: assignee !== null };
  const [row] = await tx.em.execute<{ event: string }[]>(ASSIGN, [
    ...[assignee?.id ?? null, tx.now, ticket.id],
    ...eventParams(tx, event),
  ]);
  ticket.version += 1;
  ticket.assigneeId = assignee?.id ?? null;
  if (assignee) await joinTicket(tx, ticket.id, assignee.id);
  wakeNotice(tx, event, row?.event);
}
