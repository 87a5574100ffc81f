import { prepared, runPrepared } from '../db/prepared.ts';
import type { Transaction } from '../db/transaction.ts';
import type { Person } from '../people/employee.ts';
import { COMMENT_PARTS, commentParams, type NewFile, type Words } from './new-comment.ts';
import { EVENT_COLUMNS, EVENT_VALUES, eventParams, wakeNotice, type NewEvent } from './record-event.ts';
import type { Channel, Priority } from './ticket.ts';

export interface OpenTicket extends Words {
  requester: Person;
  /** The person who opens it for the requester; null: the requester does. */
  by?: number | null;
  subject: string;
  channel: Channel;
  priority?: Priority | null;
  categoryId?: number | null;
  subCategoryId?: number | null;
  departmentId?: number | null;
  scheduledFor?: Date | null;
  mailboxId: number | null;
  /** The ticket this one continues. */
  followsId?: number | null;
  files?: readonly NewFile[];
  /** What the notice needs to know of how it came: trust, noAutoAnswer, quiet. */
  facts?: Record<string, unknown>;
  notify?: boolean;
}

const OPEN = prepared(
  'open-ticket',
  `
  with t as (
    insert into ticket (subject, requester_id, channel, priority, category_id, sub_category_id, department_id, scheduled_for, mailbox_id,
        follows_id, comment_count, attachment_count, created_at, updated_at)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?) returning id),
  p as (insert into participant (ticket_id, employee_id, state, created_at) select t.id, ?::bigint, 'confirmed', ?::timestamptz from t),
  ${COMMENT_PARTS},
  e as (insert into ticket_event (ticket_id, comment_id, ${EVENT_COLUMNS}) select c.ticket_id, c.id, ${EVENT_VALUES} from c returning id)
  select t.id as ticket, c.id as comment, e.id as event from t, c, e`,
);

/** Opens a ticket with its first comment, and gives their ids. The requester becomes its first participant. */
export async function openTicket(tx: Transaction, given: OpenTicket): Promise<{ ticketId: number; commentId: number }> {
  const { requester, channel, files = [], facts = {}, notify = true, at = tx.now } = given;
  const event: NewEvent = { actorId: given.by ?? requester.id, type: 'opened', channel, data: facts, notify, at };
  const [row] = await runPrepared<{ ticket: string; comment: string; event: string }>(tx.em, OPEN, [
    ...ticketParams(tx, given),
    ...[requester.id, at],
    ...commentParams(tx, { ...given, files, authorId: requester.id, visibility: 'public' }),
    ...eventParams(tx, event),
  ]);
  wakeNotice(tx, event, row?.event);
  return { ticketId: Number(row?.ticket), commentId: Number(row?.comment) };
}

function ticketParams(tx: Transaction, given: OpenTicket): unknown[] {
  const { requester, files = [], at = tx.now } = given;
  const department = given.departmentId ?? requester.departmentId ?? null;
  return [
    ...[given.subject, requester.id, given.channel, given.priority ?? null],
    ...[given.categoryId ?? null, given.subCategoryId ?? null, department, given.scheduledFor ?? null],
    ...[given.mailboxId, given.followsId ?? null, files.length, at, at],
  ];
}
