import type { Transaction } from '../db/transaction.ts';
import type { Status } from './lifecycle.ts';
import type { Priority } from './ticket.ts';

/** What a verb must know of the ticket it changes; its row is locked until the transaction ends. */
export interface LockedTicket {
  id: number;
  status: Status;
  priority: Priority | null;
  categoryId: number | null;
  departmentId: number | null;
  requesterId: number;
  assigneeId: number | null;
  version: number;
  number: number;
  subject: string;
  updatedAt: Date;
}

interface Row {
  id: string;
  status: Status;
  priority: Priority | null;
  category_id: string | null;
  department_id: string | null;
  requester_id: string;
  assignee_id: string | null;
  version: number;
  number: string;
  subject: string;
  updated_at: string | Date;
}

/**
 * Locks tickets in the order of their ids, so that two who lock several cannot deadlock; `no key`, as rows that refer to a ticket may be written
 * meanwhile. `scope` is a condition on `t`.
 */
export async function lockTickets(
  tx: Transaction,
  ids: readonly number[],
  scope: { sql: string; params: unknown[] } = { sql: 'true', params: [] },
): Promise<Map<number, LockedTicket>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.em.execute<Row[]>(
    `select t.id, t.status, t.priority, t.category_id, t.department_id, t.requester_id, t.assignee_id, t.version, t.number, t.subject, t.updated_at
       from ticket t where t.id in (?) and ${scope.sql} order by t.id for no key update of t`,
    [[...ids], ...scope.params],
  );
  return new Map(rows.map((row) => [Number(row.id), lockedTicket(row)]));
}

function lockedTicket(row: Row): LockedTicket {
  const { status, priority, version, subject } = row;
  const [categoryId, departmentId, assigneeId] = [row.category_id, row.department_id, row.assignee_id].map(idOrNull);
  return {
    ...{ id: Number(row.id), status, priority, version, requesterId: Number(row.requester_id) },
    ...{ number: Number(row.number), subject, updatedAt: new Date(row.updated_at) },
    ...{ categoryId: categoryId ?? null, departmentId: departmentId ?? null, assigneeId: assigneeId ?? null },
  };
}

const idOrNull = (id: string | null) => (id === null ? null : Number(id));
