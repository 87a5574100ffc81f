import type { Sql } from '../db/keyset.ts';
import type { Settings } from '../settings/schema.ts';
import type { Role } from '../tickets/lifecycle.ts';
import { isStaff, type Employee } from './employee.ts';

interface Named {
  id: number;
  name: string;
}

/** A person as lists show them; `presentEmployee` leaves out what its reader may not see. */
export interface EmployeeRow {
  id: string;
  company_id: string | null;
  email: string;
  first_name: string;
  middle_name: string;
  last_name: string;
  suffix: string;
  role: Role;
  status: Employee['status'];
  department: Named | null;
  departments: Named[];
  locale: Settings['locale'];
  version: number;
  address_confirmed: boolean;
  has_password: boolean;
  has_picture: boolean;
  registered_at: string | null;
  decided_at: string | null;
  decided_by: (Named & { email: string; role: Role }) | null;
  decision_reason: string | null;
  erased_at: string | null;
  last_seen_at: string | null;
  ticket_count: number;
  open_ticket_count: number;
  created_at: string;
  updated_at: string;
}

/** Tickets of one person that are counted; nobody needs to know more exactly. */
const COUNTED = 1000;
const count = (condition: string) =>
  `(select count(*)::int from (select 1 from ticket t where t.requester_id = e.id${condition} limit ${COUNTED}) counted)`;

/** Columns and joins of an EmployeeRow; `e` is the person. */
export const EMPLOYEE = {
  columns: `e.id, e.company_id, e.email, e.first_name, e.middle_name, e.last_name, e.suffix, e.role, e.status, e.locale, e.version,
    e.email_confirmed_at is not null as address_confirmed, e.password_hash is not null as has_password, e.picture_sha256 is not null as has_picture,
    e.registered_at, e.decided_at, e.decision_reason, e.erased_at, e.created_at, e.updated_at,
    case when d.id is null then null else json_build_object('id', d.id, 'name', d.name) end as department,
    case when b.id is null then null else json_build_object('id', b.id, 'email', b.email, 'role', b.role,
      'name', coalesce(nullif(trim(b.first_name || ' ' || b.last_name), ''), b.email)) end as decided_by,
    (select coalesce(json_agg(json_build_object('id', own.id, 'name', own.name) order by own.name), '[]')
       from coordinator_department c join department own on own.id = c.department_id where c.employee_id = e.id) as departments,
    (select max(s.rotated_at) from session s where s.employee_id = e.id) as last_seen_at,
    ${count('')} as ticket_count,
    ${count(` and t.status in ('new', 'open', 'in_progress', 'pending', 'on_hold')`)} as open_ticket_count`,
  from: `employee e left join department d on d.id = e.department_id left join employee b on b.id = e.decided_by`,
} as const;

/** Which people a person sees, as a condition on `e`: admins all, coordinators those whose tickets they may have, others nobody. */
export function visiblePeople(reader: Pick<Employee, 'role' | 'status'>): Sql {
  if (!isStaff(reader)) return { sql: 'false', params: [] };
  return { sql: reader.role === 'admin' ? 'true' : `e.status in ('contact', 'approved')`, params: [] };
}
