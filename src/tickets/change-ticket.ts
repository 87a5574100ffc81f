import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import type { Employee } from '../people/employee.ts';
import { may } from './access.ts';
import { FINAL_STATUSES } from './lifecycle.ts';
import type { LockedTicket } from './locked-ticket.ts';
import { EVENT_COLUMNS, EVENT_VALUES, eventParams } from './record-event.ts';
import type { TicketEvent } from './ticket-event.ts';
import type { Priority } from './ticket.ts';

/** What a ticket is about and how urgent it is. What is left out stays; null takes it away. */
export interface Changes {
  priority?: Priority | undefined;
  categoryId?: number | null | undefined;
  subCategoryId?: number | null | undefined;
  departmentId?: number | null | undefined;
  scheduledFor?: Date | null | undefined;
  subject?: string | undefined;
}

export interface ChangeTicket {
  actor: Employee;
  changes: Changes;
  channel: TicketEvent['channel'];
}

/** Each field of the history with the column that it is kept in, and how its value reads. */
const FIELDS = [
  ['subject', 'subject', 't.subject'],
  ['priority', 'priority', 't.priority'],
  ['category', 'categoryId', '(select name from category where id = t.category_id)'],
  ['sub_category', 'subCategoryId', '(select name from category where id = t.sub_category_id)'],
  ['department', 'departmentId', '(select name from department where id = t.department_id)'],
  ['scheduled_for', 'scheduledFor', `to_char(t.scheduled_for at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`],
] as const satisfies readonly (readonly [string, keyof Changes, string])[];

const COLUMNS: Record<keyof Changes, string> = {
  subject: 'subject = ?',
  priority: 'priority = ?',
  categoryId: 'category_id = ?::bigint',
  subCategoryId: 'sub_category_id = ?::bigint',
  departmentId: 'department_id = ?::bigint',
  scheduledFor: 'scheduled_for = ?::timestamptz',
};

const READ = `select ${FIELDS.map(([name, , sql]) => `${sql} as ${name}`).join(', ')} from ticket t where t.id = ?`;

type Values = Record<(typeof FIELDS)[number][0], string | null>;

/**
 * Changes a locked ticket's priority, classification, subject or date, and writes from what to what into its history, in one line. What is the
 * same already writes nothing. 409 when the ticket is over. Gives the names of what changed.
 */
export async function changeTicket(
  tx: Transaction,
  ticket: LockedTicket,
  { actor, changes, channel }: ChangeTicket,
): Promise<string[]> {
  if (!may(actor, 'triage')) throw new AppError('forbidden', 'Your role may not change a ticket');
  const { status } = ticket;
  if (FINAL_STATUSES.includes(status)) throw new AppError('invalid_transition', 'This ticket is over', { status });
  const given = Object.entries(changes).filter(([, value]) => value !== undefined) as [keyof Changes, unknown][];
  if (given.length === 0) return [];
  const before = await read(tx, ticket.id);
  await tx.em.execute(`update ticket set ${given.map(([name]) => COLUMNS[name]).join(', ')} where id = ?`, [
    ...given.map(([, value]) => value),
    ticket.id,
  ]);
  const after = await read(tx, ticket.id);
  const changed = FIELDS.map(([name]) => name).filter((name) => before[name] !== after[name]);
  if (changed.length === 0) return [];
  const data = { changed: changed.map((name) => ({ field: name, from: before[name], to: after[name] })) };
  await tx.em.execute(
    `with t as (update ticket set version = version + 1, updated_at = ? where id = ? returning id)
     insert into ticket_event (ticket_id, ${EVENT_COLUMNS}) select t.id, ${EVENT_VALUES} from t`,
    [tx.now, ticket.id, ...eventParams(tx, { actorId: actor.id, type: 'changed', channel, data, notify: false })],
  );
  ticket.version += 1;
  return changed;
}

async function read(tx: Transaction, id: number): Promise<Values> {
  const [row] = await tx.em.execute<Values[]>(READ, [id]);
  if (!row) throw new Error(`Ticket ${id} is locked but not there`);
  return row;
}
