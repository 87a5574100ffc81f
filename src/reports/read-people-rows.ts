import type { EntityManager } from '@mikro-orm/postgresql';
import type { Cell } from '../csv.ts';
import { and } from '../db/keyset.ts';
import type { Employee } from '../people/employee.ts';
import type { Role } from '../tickets/lifecycle.ts';

export interface PeopleFilters {
  status?: Employee['status'] | undefined;
  role?: Role | undefined;
}

/** The first ones are those that an import takes. */
export const PEOPLE_COLUMNS = [
  ...([
    'email',
    'first_name',
    'middle_name',
    'last_name',
    'suffix',
    'role',
    'department',
    'departments',
    'locale',
  ] as const),
  ...([
    'company_id',
    'status',
    'address_confirmed',
    'registered_at',
    'decided_at',
    'last_seen_at',
    'created_at',
  ] as const),
];
export type PeopleCells = Record<(typeof PEOPLE_COLUMNS)[number], Cell>;

const time = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** People with an id after one and up to another, oldest first: a piece of an export, for admins. Who was erased is nobody. */
export async function readPeopleRows(
  em: EntityManager,
  { status, role }: PeopleFilters,
  { after, until }: { after: number; until: number },
): Promise<PeopleCells[]> {
  const { sql, params } = and(
    { sql: 'e.id > ? and e.id <= ? and e.erased_at is null', params: [after, until] },
    status === undefined ? null : { sql: 'e.status = ?', params: [status] },
    role === undefined ? null : { sql: 'e.role = ?', params: [role] },
  );
  return em.execute<PeopleCells[]>(
    `select e.email, e.first_name, e.middle_name, e.last_name, e.suffix, e.role, d.name as department,
        (select string_agg(own.name, '|' order by own.name) from coordinator_department c join department own on own.id = c.department_id
          where c.employee_id = e.id) as departments,
        e.locale, e.company_id, e.status, e.email_confirmed_at is not null as address_confirmed, ${time('e.registered_at')} as registered_at,
        ${time('e.decided_at')} as decided_at, ${time('(select max(s.rotated_at) from session s where s.employee_id = e.id)')} as last_seen_at,
        ${time('e.created_at')} as created_at
       from employee e left join department d on d.id = e.department_id where ${sql} order by e.id`,
    params,
  );
}
