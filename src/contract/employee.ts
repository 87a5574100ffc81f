import { z } from 'zod';
import { ROLES } from '../tickets/lifecycle.ts';
import { Delivery, line, Person, time } from './schemas.ts';

export const ACCOUNT_STATUSES = ['contact', 'pending', 'approved', 'rejected', 'disabled'] as const;
export const LOCALES = ['en', 'de'] as const;

const name = line(100);
/** A name that a person need not have. */
const orEmpty = (max: number) => line(max).or(z.literal(''));
/** name or id */
export const nameOrId = z.union([line(100), z.int()]);

/** How somebody is called. */
export const names = { first_name: name, middle_name: orEmpty(100), last_name: name, suffix: orEmpty(20) };

const Named = z.object({ id: z.int(), name: z.string() });

/** What staff sees of a person. */
const Known = z.object({
  id: z.int(),
  /** First and last name, or the address. */
  name: z.string(),
  first_name: z.string(),
  middle_name: z.string(),
  last_name: z.string(),
  suffix: z.string(),
  email: z.string(),
  role: z.enum(ROLES),
  department: Named.nullable(),
  /** Path of the picture; null: there is none. */
  picture: z.string().nullable(),
});

/** What admins see besides. */
const Account = z.object({
  /** MA0001 */
  company_id: z.string().nullable(),
  /** contact: known from mail only. */
  status: z.enum(ACCOUNT_STATUSES),
  /** Which of approve, reject, disable and enable are possible now. */
  moves: z.array(z.enum(['approve', 'reject', 'disable', 'enable'])),
  /** Departments that a coordinator works for. */
  departments: z.array(Named),
  locale: z.string(),
  version: z.int(),
  address_confirmed: z.boolean(),
  has_password: z.boolean(),
  registered_at: time.nullable(),
  decided_at: time.nullable(),
  decided_by: Person.nullable(),
  decision_reason: z.string().nullable(),
  /** Nothing of the person is left but the id. */
  erased_at: time.nullable(),
  last_seen_at: time.nullable(),
  /** Exact up to 1,000. */
  ticket_count: z.int(),
  open_ticket_count: z.int(),
  created_at: time,
  updated_at: time,
});

/** A person; what only admins may know is there for admins only. */
export const Employee = Known.extend(Account.partial().shape);

/** One person, for admins with the newest mails about the account and what became of them. */
export const EmployeeDetails = Employee.extend({
  mails: z.array(Delivery.extend({ template: z.string(), created_at: time, finished_at: time.nullable() })).optional(),
});
