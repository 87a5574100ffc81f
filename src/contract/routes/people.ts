import { z } from 'zod';
import { ROLES } from '../../tickets/lifecycle.ts';
import { ACCOUNT_STATUSES, Employee, EmployeeDetails, LOCALES, nameOrId, names } from '../employee.ts';
import type { PEOPLE_PATHS } from '../paths/people.ts';
import { ADMINS, idParams, limit, route, STAFF, type Route } from '../route.ts';
import { address, line, Task, words } from '../schemas.ts';

const registration = z.object({
  /** domains: addresses of `domains` only; closed: admins make accounts. */
  registration: z.enum(['open', 'domains', 'closed']),
  domains: z.array(z.string()),
  departments: z.array(z.object({ id: z.int(), name: z.string() })),
});

const newRegistration = z.strictObject({
  ...names,
  middle_name: names.middle_name.default(''),
  suffix: names.suffix.default(''),
  email: address,
  department: nameOrId.optional(),
  password: z.string().min(1).max(1024),
  locale: z.enum(LOCALES).optional(),
  /** PNG or JPEG of at most 2 MB, as a file of the form. */
  picture: z
    .instanceof(Uint8Array, { error: 'is a file of the form' })
    .optional()
    .meta({ type: 'string', contentMediaType: 'image/*' }),
});

const newEmployee = z.strictObject({
  ...names,
  middle_name: names.middle_name.default(''),
  suffix: names.suffix.default(''),
  email: address,
  role: z.enum(ROLES).default('employee'),
  department: nameOrId.optional(),
  /** Of a coordinator: name or id. */
  departments: z.array(nameOrId).max(100).default([]),
  locale: z.enum(LOCALES).optional(),
});

/** Refuses with 409 when the account has changed since. */
const version = z.int().optional();

const edit = z
  .strictObject({
    ...names,
    email: address,
    role: z.enum(ROLES),
    /** null: none */
    department: nameOrId.nullable(),
    departments: z.array(nameOrId).max(100),
    status: z.enum(['approved', 'disabled']),
    locale: z.enum(LOCALES),
  })
  .partial()
  .extend({ version });

/** Filters of the list. */
export const employeeFilters = z.strictObject({
  /** Admins only. */
  status: z.enum(ACCOUNT_STATUSES).optional(),
  role: z.enum(ROLES).optional(),
  /** name or id */
  department: line(100).optional(),
  /** Part of a name, an address or a company ID. */
  q: line(100).optional(),
  limit: limit.optional(),
  cursor: z.string().max(100).optional(),
});

const employeePage = z.object({
  /** Exact up to 1,000; beyond it stops counting and says so in `count_capped`. */
  count: z.int(),
  count_capped: z.boolean(),
  next: z.string().nullable(),
  previous: z.string().nullable(),
  /** Of all people by status, whatever was asked for; admins only. */
  counts: z.object({ pending: z.int(), approved: z.int(), rejected: z.int(), disabled: z.int() }).optional(),
  results: z.array(Employee),
});

const person = { scope: 'people:write', access: ADMINS, params: idParams, response: EmployeeDetails } as const;

export const peopleRoutes = {
  registration: route({ summary: 'What the registration form asks for', access: 'anyone', response: registration }),
  register: route({
    summary: 'Ask for an account; the answer is the same for an address that has one',
    access: 'anyone',
    limits: ['registration', 'mail-ip', 'mail-everybody'],
    takes: 'multipart',
    file: { field: 'picture', bytes: 2 * 1024 * 1024 },
    secret: true,
    body: newRegistration,
    response: z.object({ status: z.literal('pending') }),
    status: 201,
  }),
  confirmAddress: route({
    summary: 'Confirm an address by the link that was mailed to it',
    access: 'anyone',
    limits: ['link'],
    secret: true,
    body: z.strictObject({ token: z.string().max(200) }),
    response: z.object({ status: z.enum(ACCOUNT_STATUSES) }),
  }),
  listEmployees: route({
    summary: 'People, newest first; admins see everybody and everything, coordinators who may have tickets',
    access: STAFF,
    scope: 'people:read',
    query: employeeFilters,
    response: employeePage,
  }),
  createEmployee: route({
    summary: 'Make an account and mail its owner a link to choose a password',
    access: ADMINS,
    scope: 'people:write',
    body: newEmployee,
    response: EmployeeDetails,
    status: 201,
  }),
  readEmployee: route({ ...person, summary: 'A person', access: STAFF, scope: 'people:read' }),
  editEmployee: route({ ...person, summary: 'Change, disable or enable an account', body: edit }),
  approveEmployee: route({
    ...person,
    summary: 'Let a registration in, and say so by mail',
    body: z.strictObject({ role: z.enum(ROLES).optional(), version }),
  }),
  rejectEmployee: route({
    ...person,
    summary: 'Refuse a registration, and say why by mail',
    body: z.strictObject({ reason: words(2000), version }),
  }),
  inviteEmployee: route({ ...person, summary: 'Mail a link to choose a password again' }),
  eraseEmployee: route({
    ...person,
    summary: 'Erase a person for good: name, address, words and files, wherever they are kept',
    recent: true,
    body: z.strictObject({ reason: words(2000), version }),
    response: z.object({ task: Task }),
    status: 202,
  }),
  signOutEmployee: route({
    ...person,
    summary: 'End all sessions of a person',
    response: z.object({ sessions: z.int() }),
  }),
} satisfies Record<keyof typeof PEOPLE_PATHS, Route>;
