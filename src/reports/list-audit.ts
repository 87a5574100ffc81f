import type { EntityManager } from '@mikro-orm/postgresql';
import { beyondId, byId, idPageOf, readIdCursor } from '../db/id-pages.ts';
import { and } from '../db/keyset.ts';
import { displayName, type Employee } from '../people/employee.ts';

/** Which entries: `action` is how it begins, `from` and `to` are moments, the second not included. */
export interface AuditFilters {
  actor?: number | undefined;
  action?: string | undefined;
  subject_type?: string | undefined;
  subject_id?: number | undefined;
  outcome?: 'done' | 'refused' | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

export interface AuditLine {
  id: number;
  at: string;
  actor_id: number | null;
  action: string;
  outcome: 'done' | 'refused';
  subject_type: string | null;
  subject_id: number | null;
  data: Record<string, unknown>;
  request_id: string | null;
  prev_hash: string;
  row_hash: string;
}
export type AuditLineWithActor = AuditLine & {
  actor: (Pick<Employee, 'id' | 'email' | 'role'> & { name: string }) | null;
};

type Row = Omit<AuditLine, 'id' | 'at' | 'actor_id' | 'subject_id'> & {
  id: string;
  at: string | Date;
  actor_id: string | null;
  subject_id: string | null;
};
type RowWithActor = Row & { email: string | null } & Pick<Employee, 'firstName' | 'lastName' | 'role'>;

const COLUMNS =
  'a.id, a.at, a.actor_id, a.action, a.outcome, a.subject_type, a.subject_id, a.data, a.request_id, a.prev_hash, a.row_hash';

/** The columns of an export. */
export const AUDIT_COLUMNS = [
  ...(['id', 'at', 'actor_id', 'action', 'outcome', 'subject_type', 'subject_id'] as const),
  ...(['data', 'request_id', 'prev_hash', 'row_hash'] as const),
];

export interface AuditPage {
  next: string | null;
  previous: string | null;
  results: AuditLineWithActor[];
}

/** A page of the audit log, newest first, with who the actors are now. Pages are keyset pages. */
export async function listAudit(
  em: EntityManager,
  { limit = 50, cursor, ...filters }: AuditFilters & { limit?: number | undefined; cursor?: string | undefined },
): Promise<AuditPage> {
  const from = readIdCursor(cursor);
  const { sql, params } = and(conditions(filters), beyondId('a.id', from));
  const rows = await em.execute<RowWithActor[]>(
    `select ${COLUMNS}, e.email, e.first_name as "firstName", e.last_name as "lastName", e.role
       from audit_entry a left join employee e on e.id = a.actor_id
      where ${sql} order by ${byId('a.id', from)} limit ${limit + 1}`,
    params,
  );
  const { shown, next, previous } = idPageOf(rows, limit, from);
  return { next, previous, results: shown.map((row) => ({ ...lineOf(row), actor: actorOf(row) })) };
}

/** The entries after one and up to another, oldest first, `limit` at most: a page of an export. */
export async function readAuditLines(
  em: EntityManager,
  filters: AuditFilters,
  { after, until, limit }: { after: number; until: number; limit: number },
): Promise<AuditLine[]> {
  const { sql, params } = conditions(filters);
  const rows = await em.execute<Row[]>(
    `select ${COLUMNS} from audit_entry a where ${sql} and a.id > ? and a.id <= ? order by a.id limit ${limit}`,
    [...params, after, until],
  );
  return rows.map(lineOf);
}

function conditions(filters: AuditFilters): { sql: string; params: unknown[] } {
  const { actor, action, subject_type, subject_id, outcome, from, to } = filters;
  const beginning = action === undefined ? undefined : `${action.replace(/[_%\\]/g, '\\$&')}%`;
  const given = (
    [
      ['a.actor_id = ?', actor],
      ['a.action like ?', beginning],
      ['a.subject_type = ?', subject_type],
      ['a.subject_id = ?', subject_id],
      ['a.outcome = ?', outcome],
      ['a.at >= ?::timestamptz', from],
      ['a.at < ?::timestamptz', to],
    ] as const
  ).filter(([, value]) => value !== undefined);
  return { sql: ['true', ...given.map(([sql]) => sql)].join(' and '), params: given.map(([, value]) => value) };
}

function lineOf(row: Row): AuditLine {
  const { action, outcome, subject_type, data, request_id, prev_hash, row_hash } = row;
  return {
    id: Number(row.id),
    at: new Date(row.at).toISOString(),
    actor_id: row.actor_id === null ? null : Number(row.actor_id),
    ...{ action, outcome, subject_type },
    subject_id: row.subject_id === null ? null : Number(row.subject_id),
    ...{ data, request_id, prev_hash, row_hash },
  };
}

function actorOf({ actor_id, email, firstName, lastName, role }: RowWithActor): AuditLineWithActor['actor'] {
  if (email === null) return null;
  return { id: Number(actor_id), name: displayName({ firstName, lastName, email }), email, role };
}
