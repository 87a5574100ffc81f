import { z } from 'zod';
import { STATUSES, TRANSITION_NAMES } from '../../tickets/lifecycle.ts';
import type { TICKETS_PATHS } from '../paths/tickets.ts';
import { EVERYONE, id, idParams, limit, route, type Route } from '../route.ts';
import * as schema from '../schemas.ts';

/** Filters of the list, as the portal's views need them. */
export const ticketFilters = z.strictObject({
  view: z.enum(['all', 'open', 'new', 'mine', 'unassigned', 'waiting', 'requested']).optional(),
  status: z.enum(STATUSES).optional(),
  /** The one with this ticket number, as mails name it. */
  number: z
    .string()
    .regex(/^TX\d{4,15}$/)
    .optional(),
  limit: limit.optional(),
  cursor: z.string().max(100).optional(),
});

/** Refuses with 409 when the ticket has changed since. A form has it as text. */
const version = z.union([z.int(), id]);

export const transitionBody = z.strictObject({
  name: z.enum(TRANSITION_NAMES),
  priority: schema.priority.optional(),
  /** name or id */
  category: z.union([schema.line(100), z.int()]).optional(),
  reason: schema.words(5000).optional(),
  comment: schema.words(100_000).optional(),
  /** id of an employee who is staff */
  assignee: id.or(z.int()).optional(),
  version: version.optional(),
});

const newComment = z.strictObject({
  body: schema.words(100_000),
  visibility: z.enum(['public', 'internal']).default('public'),
  version: version.optional(),
});

const newTicket = z.strictObject({
  subject: schema.line(300),
  description: schema.words(100_000),
  /** name or id */
  category: z.union([schema.line(100), z.int()]).optional(),
  sub_category: z.union([schema.line(100), z.int()]).optional(),
  department: z.union([schema.line(100), z.int()]).optional(),
  priority: schema.priority.optional(),
  scheduled_for: schema.time.optional(),
});

const ticketPage = z.object({
  /** Exact up to 1,000; beyond it stops counting and says so in `count_capped`. */
  count: z.int(),
  count_capped: z.boolean(),
  next: z.string().nullable(),
  previous: z.string().nullable(),
  results: z.array(schema.TicketSummary),
});

const file = z.unknown();

export const ticketsRoutes = {
  listTickets: route({
    summary: 'Tickets the reader may see, newest submission first',
    access: EVERYONE,
    scope: 'tickets:read',
    query: ticketFilters,
    response: ticketPage,
  }),
  openTicket: route({
    summary: 'Submit a ticket',
    access: EVERYONE,
    scope: 'tickets:write',
    body: newTicket,
    takes: 'multipart',
    response: schema.Ticket,
    status: 201,
  }),
  readTicket: route({
    summary: 'A ticket with its conversation',
    access: EVERYONE,
    scope: 'tickets:read',
    params: idParams,
    response: schema.Ticket,
  }),
  addComment: route({
    summary: 'Reply, or write an internal note',
    access: EVERYONE,
    scope: 'tickets:write',
    params: idParams,
    body: newComment,
    takes: 'multipart',
    response: schema.Comment,
    status: 201,
  }),
  transitionTicket: route({
    summary: 'Change the status of a ticket',
    access: EVERYONE,
    scope: 'tickets:write',
    params: idParams,
    body: transitionBody,
    response: schema.Ticket,
  }),
  downloadAttachment: route({
    summary: 'The bytes of an attachment',
    access: EVERYONE,
    scope: 'tickets:read',
    params: idParams,
    gives: 'stream',
    response: file,
  }),
} satisfies Record<keyof typeof TICKETS_PATHS, Route>;
