import { z } from 'zod';
import type { REPORTS_PATHS } from '../paths/reports.ts';
import { route, STAFF, type Route } from '../route.ts';
import * as schema from '../schemas.ts';

/** Which days: from this moment on, and before that one. The last 30 days when neither is said. */
const range = { from: schema.moment.optional(), to: schema.moment.optional() };
const by = z.enum(['day', 'category', 'department', 'channel', 'priority']);

const row = z.object({
  /** null: what has none, such as tickets without a category */
  key: z.string().nullable(),
  label: z.string(),
  /** Numbers by the name of their column; seconds for times, null where there is nothing to measure. */
  values: z.record(z.string(), z.number().nullable()),
  /** The list of the tickets behind it: the query of `GET /api/tickets`. */
  list: z.record(z.string(), z.string()),
  /** By the name of the column, where its number has another list. */
  lists: z.record(z.string(), z.record(z.string(), z.string())),
});

export const report = z.object({
  from: schema.time,
  to: schema.time,
  columns: z.array(z.string()),
  rows: z.array(row),
  /** All rows together, where they can be added. */
  total: z.record(z.string(), z.number().nullable()),
  /** The same for as long a time just before; null where it is about now. */
  before: z
    .object({
      from: schema.time,
      to: schema.time,
      rows: z.array(row),
      total: z.record(z.string(), z.number().nullable()),
    })
    .nullable(),
});

const reportRoute = (summary: string) =>
  route({ summary, access: STAFF, scope: 'tickets:read', query: z.strictObject(range), response: report });

export const reportsRoutes = {
  reportVolume: route({
    summary: 'How many tickets were submitted, by day, category, department, channel or priority',
    access: STAFF,
    scope: 'tickets:read',
    query: z.strictObject({ ...range, by: by.default('day') }),
    response: report,
  }),
  reportTimes: route({
    summary: 'How long tickets of these days waited for the first answer and for their resolution: median and p90',
    access: STAFF,
    scope: 'tickets:read',
    query: z.strictObject({ ...range, by: by.exclude(['day']).default('priority') }),
    response: report,
  }),
  reportBacklog: reportRoute('What is not over now, by status and age'),
  reportReopens: reportRoute('How many of the resolutions of these days were taken back'),
  reportWorkload: reportRoute('What each member of staff has, resolved and wrote'),
  exportReport: route({
    summary: 'A report as CSV, as a file',
    access: STAFF,
    scope: 'tickets:read',
    query: z.strictObject({
      ...range,
      report: z.enum(['volume', 'times', 'backlog', 'reopens', 'workload']),
      by: by.optional(),
    }),
    gives: 'stream',
    response: z.unknown(),
  }),
} satisfies Record<keyof typeof REPORTS_PATHS, Route>;
