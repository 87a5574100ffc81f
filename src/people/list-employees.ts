import type { EntityManager } from '@mikro-orm/postgresql';
import { and, beyond, keyColumn, orderBy, pageOf, readCursor, type Sql } from '../db/keyset.ts';
import { AppError } from '../errors.ts';
import type { Role } from '../tickets/lifecycle.ts';
import { EMPLOYEE, visiblePeople, type EmployeeRow } from './employee-row.ts';
import type { Employee } from './employee.ts';

export interface ListEmployees {
  status?: Employee['status'] | undefined;
  role?: Role | undefined;
  departmentId?: number | null;
  /** Part of a name, an address or a company ID. */
  q?: string | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
}

/** Everybody but contacts, by status. */
export type StatusCounts = Record<Exclude<Employee['status'], 'contact'>, number>;

export interface EmployeePage {
  count: number;
  countCapped: boolean;
  next: string | null;
  previous: string | null;
  /** Of all people, whatever was asked; null for who may not know. */
  counts: StatusCounts | null;
  results: EmployeeRow[];
}

/** Counting stops here, as in the list of tickets. */
const COUNT_CAP = 1000;
/** Newest first: since when somebody has asked for an account, or has been known. */
const KEYSET = { time: 'coalesce(e.registered_at, e.created_at)', id: 'e.id' };

/** A page of the people a reader may see. What only admins may know of them nobody else may filter by. */
export async function listEmployees(em: EntityManager, reader: Employee, asked: ListEmployees): Promise<EmployeePage> {
  const { limit = 50, status, role, departmentId } = asked;
  if (status !== undefined && reader.role !== 'admin') throw new AppError('forbidden', 'Only admins filter by status');
  const scope = and(
    visiblePeople(reader),
    status === undefined ? null : { sql: 'e.status = ?', params: [status] },
    role === undefined ? null : { sql: 'e.role = ?', params: [role] },
    departmentId == null ? null : { sql: 'e.department_id = ?', params: [departmentId] },
    asked.q === undefined ? null : matching(asked.q, reader),
  );
  const cursor = readCursor(asked.cursor);
  const page = and(scope, beyond(KEYSET, cursor));
  const rows = await em.execute<(EmployeeRow & { key: string })[]>(
    `select ${EMPLOYEE.columns}, ${keyColumn(KEYSET)} from ${EMPLOYEE.from} where ${page.sql}
      order by ${orderBy(KEYSET, cursor)} limit ${limit + 1}`,
    page.params,
  );
  const { shown, next, previous } = pageOf(rows, limit, cursor);
  const count = await countPeople(em, scope);
  return {
    ...{ count: Math.min(count, COUNT_CAP), countCapped: count > COUNT_CAP, next, previous, results: shown },
    counts: reader.role === 'admin' ? await countByStatus(em) : null,
  };
}

function matching(q: string, reader: Employee): Sql {
  const pattern = `%${q.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  const columns = [
    'e.email',
    `concat_ws(' ', e.first_name, nullif(e.middle_name, ''), e.last_name)`,
    `concat_ws(' ', e.first_name, e.last_name)`,
    ...(reader.role === 'admin' ? ['e.company_id'] : []),
  ];
  return {
    sql: columns.map((column) => `${column} ilike ?`).join(' or '),
    params: columns.map(() => pattern),
  };
}

async function countPeople(em: EntityManager, { sql, params }: Sql): Promise<number> {
  const [row] = await em.execute<{ n: string }[]>(
    `select count(*) as n from (select 1 from employee e where ${sql} limit ${COUNT_CAP + 1}) counted`,
    params,
  );
  return Number(row?.n ?? 0);
}

async function countByStatus(em: EntityManager): Promise<StatusCounts> {
  const rows = await em.execute<{ status: keyof StatusCounts; n: string }[]>(
    `select status, count(*) as n from employee where status in ('pending', 'approved', 'rejected', 'disabled') group by status`,
  );
  const none: StatusCounts = { pending: 0, approved: 0, rejected: 0, disabled: 0 };
  return { ...none, ...Object.fromEntries(rows.map(({ status, n }) => [status, Number(n)])) };
}
