import type { Sql } from '../db/keyset.ts';
import type { Employee } from '../people/employee.ts';
import { deedCondition, type DeedFilter } from './filter-deeds.ts';
import type { Status } from './lifecycle.ts';
import type { Channel, Priority } from './ticket.ts';

export type View = 'all' | 'open' | 'new' | 'mine' | 'unassigned' | 'waiting' | 'requested';

export const NOT_OVER = `('new', 'open', 'in_progress', 'pending', 'on_hold')`;

/** The portal's views as conditions on `t`. */
export const VIEWS: Record<View, (reader: Pick<Employee, 'id'>) => Sql> = {
  all: () => ({ sql: 'true', params: [] }),
  open: () => ({ sql: `t.status in ${NOT_OVER}`, params: [] }),
  new: () => ({ sql: `t.status = 'new'`, params: [] }),
  mine: ({ id }) => ({ sql: `t.assignee_id = ? and t.status in ${NOT_OVER}`, params: [id] }),
  unassigned: () => ({ sql: `t.assignee_id is null and t.status in ${NOT_OVER}`, params: [] }),
  waiting: () => ({ sql: `t.status in ('pending', 'on_hold')`, params: [] }),
  requested: ({ id }) => ({ sql: 't.requester_id = ?', params: [id] }),
};

/** What a list can be narrowed by; every one that is given must hold. */
export interface TicketFilters extends DeedFilter {
  view?: View | undefined;
  status?: Status | undefined;
  /** TX0001 */
  number?: string | undefined;
  priority?: Priority | 'none' | undefined;
  /** Name (any case) or id; a category or a sub-category; none: without one. */
  category?: string | undefined;
  department?: string | undefined;
  assignee?: number | 'me' | 'none' | undefined;
  requester?: number | 'me' | undefined;
  channel?: Channel | undefined;
  /** The moment itself counts. */
  created_from?: string | undefined;
  /** The moment itself does not. */
  created_to?: string | undefined;
  has_attachment?: 'true' | 'false' | undefined;
  /** Not over though its date has passed. */
  overdue?: 'true' | 'false' | undefined;
  /** Resolved or closed. */
  solved?: 'true' | 'false' | undefined;
  /** Somebody of staff has answered. */
  answered?: 'true' | 'false' | undefined;
}

const equals = (column: string, value: unknown): Sql | null =>
  value === undefined ? null : { sql: `${column} = ?`, params: [value] };

const nameOrId = (columns: readonly string[], table: string, value: string | undefined): Sql | null => {
  if (value === undefined) return null;
  if (value === 'none') return { sql: `${columns[0]} is null`, params: [] };
  const byId = /^\d{1,15}$/.test(value);
  const named = `(select id from ${table} where ${byId ? 'id = ?' : 'lower(name) = lower(?)'})`;
  return {
    sql: columns.map((column) => `${column} in ${named}`).join(' or '),
    params: columns.map(() => (byId ? Number(value) : value)),
  };
};

const yesNo = (condition: string, value: 'true' | 'false' | undefined): Sql | null =>
  value === undefined ? null : { sql: `${value === 'true' ? '' : 'not '}(${condition})`, params: [] };

const SOLVED = 't.resolved_at is not null';
/** The first public words of somebody of staff are an answer. */
export const ANSWERS = `comment c where c.ticket_id = t.id and c.visibility = 'public' and c.author_id <> t.requester_id
  and c.author_id in (select id from employee where role <> 'employee')`;

const OVERDUE = `t.scheduled_for < ? and t.status in ${NOT_OVER}`;

/** Each filter as a condition on `t`; null where it was not asked for. */
export function conditionsOf(reader: Pick<Employee, 'id' | 'role'>, asked: TicketFilters, now: Date): (Sql | null)[] {
  const me = <T>(value: T | 'me' | undefined) => (value === 'me' ? reader.id : value);
  const { priority, has_attachment: files, overdue } = asked;
  return [
    VIEWS[asked.view ?? 'all'](reader),
    equals('t.status', asked.status),
    equals('t.number', asked.number && Number(asked.number.slice(2))),
    priority === 'none' ? { sql: 't.priority is null', params: [] } : equals('t.priority', priority),
    nameOrId(['t.category_id', 't.sub_category_id'], 'category', asked.category),
    nameOrId(['t.department_id'], 'department', asked.department),
    asked.assignee === 'none'
      ? { sql: 't.assignee_id is null', params: [] }
      : equals('t.assignee_id', me(asked.assignee)),
    equals('t.requester_id', me(asked.requester)),
    equals('t.channel', asked.channel),
    asked.created_from === undefined ? null : { sql: 't.created_at >= ?::timestamptz', params: [asked.created_from] },
    asked.created_to === undefined ? null : { sql: 't.created_at < ?::timestamptz', params: [asked.created_to] },
    files === undefined ? null : { sql: `t.attachment_count ${files === 'true' ? '>' : '='} 0`, params: [] },
    overdue === undefined
      ? null
      : { sql: overdue === 'true' ? OVERDUE : `coalesce(not (${OVERDUE}), true)`, params: [now] },
    yesNo(SOLVED, asked.solved),
    yesNo(`exists (select from ${ANSWERS})`, asked.answered),
    deedCondition(reader, asked),
  ];
}
