import { z } from 'zod';
import type { TASKS_PATHS } from '../paths/tasks.ts';
import { EVERYONE, idParams, route, STAFF, type Route } from '../route.ts';
import * as schema from '../schemas.ts';
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

export const tasksRoutes = {
  changeTickets: route({
    summary: 'Change the status, the assignee or the classification of many tickets',
    access: STAFF,
    scope: 'tickets:write',
    body: bulkChange,
    response: z.object({ task: schema.Task }),
    status: 202,
  }),
  readTask: route({
    summary: 'How far work is that was answered with 202, and what came of it',
    access: EVERYONE,
    scope: 'tickets:read',
    params: idParams,
    response: schema.Task,
  }),
} satisfies Record<keyof typeof TASKS_PATHS, Route>;
