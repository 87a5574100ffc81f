import { z } from 'zod';
import type { TASKS_PATHS } from '../paths/tasks.ts';
import { ADMINS, EVERYONE, idParams, route, STAFF, type Route } from '../route.ts';
import * as schema from '../schemas.ts';
import { ROLES } from '../../tickets/lifecycle.ts';
import { ACCOUNT_STATUSES, LOCALES, names } from '../employee.ts';
import { auditFilters } from './audit.ts';
import { ticketChanges, transitionBody } from './tickets.ts';

/** Tickets of one request. */
const MOST_TICKETS = 500;

/** The same change to many tickets. */
export const bulkChange = z.strictObject({
  ids: z
    .array(z.int().positive())
    .min(1)
    .max(MOST_TICKETS)
    .refine((ids) => new Set(ids).size === ids.length, 'must name each ticket once'),
  action: z.discriminatedUnion('type', [
    transitionBody.omit({ version: true }).extend({ type: z.literal('transition'), assignee: z.int().optional() }),
    /** id of a coordinator or admin; null takes the tickets from whoever has them */
    z.strictObject({ type: z.literal('assign'), assignee: z.int().positive().nullable() }),
    ticketChanges.omit({ subject: true, scheduled_for: true }).extend({ type: z.literal('change') }),
  ]),
});

/** csv: RFC 4180 in UTF-8, no cell of which a spreadsheet takes for a formula; jsonl: a JSON object a line. */
const format = z.enum(['csv', 'jsonl']).default('csv');
const task = z.object({ task: schema.Task });

/** A line of a file of people, by its columns; an empty cell is as if it was not there. */
export const PersonLine = z.strictObject({
  email: schema.address,
  first_name: names.first_name,
  middle_name: names.middle_name.default(''),
  last_name: names.last_name,
  suffix: names.suffix.default(''),
  role: z.enum(ROLES).default('employee'),
  /** name */
  department: schema.line(100).optional(),
  /** Names of the departments that a coordinator works for, with `|` between them. */
  departments: z
    .string()
    .max(2000)
    .default('')
    .transform((text) => [...new Set(text.split('|').map((name) => name.trim()))].filter(Boolean)),
  locale: z.enum(LOCALES).nullable().default(null),
});

export const tasksRoutes = {
  changeTickets: route({
    summary: 'Change the status, the assignee or the classification of many tickets',
    access: STAFF,
    scope: 'tickets:write',
    body: bulkChange,
    response: z.object({ task: schema.Task }),
    status: 202,
  }),
  exportTickets: route({
    summary: 'Have the tickets that you see written into a file, by the day of their submission',
    access: STAFF,
    scope: 'tickets:read',
    body: z.strictObject({
      format,
      status: schema.status.optional(),
      from: schema.moment.optional(),
      to: schema.moment.optional(),
    }),
    response: task,
    status: 202,
  }),
  exportEmployees: route({
    summary: 'Have all people written into a file',
    access: ADMINS,
    scope: 'people:read',
    body: z.strictObject({ format, status: z.enum(ACCOUNT_STATUSES).optional(), role: z.enum(ROLES).optional() }),
    response: task,
    status: 202,
  }),
  importEmployees: route({
    summary: 'Make accounts from a CSV file: all of it is checked first, then each line is made or already there',
    access: ADMINS,
    scope: 'people:write',
    recent: true,
    takes: 'raw',
    raw: { types: ['text/csv'], bytes: 1_000_000 },
    body: z.unknown(),
    response: task,
    status: 202,
  }),
  startAuditExport: route({
    summary: 'Have the audit log written into a file; for a small part of it, /api/audit/export answers at once',
    access: ADMINS,
    scope: 'audit:read',
    body: z.strictObject({
      ...auditFilters,
      actor: z.int().positive().optional(),
      subject_id: z.int().positive().optional(),
      format,
    }),
    response: task,
    status: 202,
  }),
  downloadTaskFile: route({
    summary: 'The file that a task of yours made, for a day',
    access: EVERYONE,
    scope: 'tickets:read',
    params: idParams,
    gives: 'stream',
    response: z.unknown(),
  }),
  readTask: route({
    summary: 'How far work is that was answered with 202, and what came of it',
    access: EVERYONE,
    scope: 'tickets:read',
    params: idParams,
    response: schema.Task,
  }),
} satisfies Record<keyof typeof TASKS_PATHS, Route>;
