import { z } from 'zod';
import { STATUSES, TRANSITION_NAMES } from '../tickets/lifecycle.ts';
import type { RouteName } from './paths.ts';
import { id, idParams, route, type Route } from './route.ts';
import * as schema from './schemas.ts';

const EVERYONE = ['employee', 'coordinator', 'admin'] as const;

const credentials = z.strictObject({ email: schema.line(320), password: z.string().min(1).max(1024) });
const refresh = z.strictObject({ refresh: z.string().min(1).max(200).optional() });

/** Filters of the list, as the portal's views need them. */
export const ticketFilters = z.strictObject({
  view: z.enum(['all', 'open', 'new', 'mine', 'unassigned', 'waiting', 'requested']).optional(),
  status: z.enum(STATUSES).optional(),
  /** The one with this ticket number, as mails name it. */
  number: z
    .string()
    .regex(/^TX\d{4,15}$/)
    .optional(),
  limit: z.coerce.number<string>().int().min(1).max(100).optional(),
  cursor: z.string().max(100).optional(),
});

const transitionBody = z.strictObject({
  name: z.enum(TRANSITION_NAMES),
  priority: schema.priority.optional(),
  /** name or id */
  category: z.union([schema.line(100), z.int()]).optional(),
  reason: schema.words(5000).optional(),
  comment: schema.words(100_000).optional(),
  /** id of an employee who is staff */
  assignee: id.or(z.int()).optional(),
  /** Refuses with 409 when the ticket has changed since. */
  version: z.int().optional(),
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

const options = z.object({
  categories: z.array(
    z.object({ id: z.int(), name: z.string(), sub_categories: z.array(z.object({ id: z.int(), name: z.string() })) }),
  ),
  departments: z.array(z.object({ id: z.int(), name: z.string() })),
  priorities: z.array(schema.priority),
  /** Who can be assigned; staff only, else empty. */
  staff: z.array(schema.Person),
  /** bytes of one file, and files of one message */
  max_file_size: z.int(),
  max_files: z.int(),
});

const ticketPage = z.object({
  /** Exact up to 1,000; beyond it stops counting and says so in `count_capped`. */
  count: z.int(),
  count_capped: z.boolean(),
  next: z.string().nullable(),
  previous: z.string().nullable(),
  results: z.array(schema.TicketSummary),
});

const localMessage = schema.LocalMail.extend({
  message_id: z.string().nullable(),
  reply_to: z.array(z.string()),
  references: z.array(z.string()),
  text: z.string(),
  /** Short-lived path of the html body for a sandboxed frame. */
  frame: z.string().nullable(),
  attachments: z.array(z.object({ filename: z.string(), content_type: z.string(), size: z.int() })),
});

const file = z.unknown();

/** The whole API as data. */
export const ROUTES = {
  employeeToken: route({ summary: 'Sign in', access: 'anyone', body: credentials, response: schema.Session }),
  adminToken: route({
    summary: 'Sign in as coordinator or admin',
    access: 'anyone',
    body: credentials,
    response: schema.Session,
  }),
  refreshToken: route({
    summary: 'Exchange a refresh token for new tokens',
    access: 'anyone',
    body: refresh,
    response: schema.Session,
  }),
  signOut: route({
    summary: 'End the session of a refresh token',
    access: 'anyone',
    body: refresh,
    response: z.object({}),
  }),
  desk: route({
    summary: 'What the sign-in page shows',
    access: 'anyone',
    response: z.object({ name: z.string(), support_address: z.string(), local: z.boolean() }),
  }),
  options: route({ summary: 'Categories, departments, priorities and limits', access: EVERYONE, response: options }),
  listTickets: route({
    summary: 'Tickets the reader may see, newest submission first',
    access: EVERYONE,
    query: ticketFilters,
    response: ticketPage,
  }),
  openTicket: route({
    summary: 'Submit a ticket',
    access: EVERYONE,
    body: newTicket,
    takes: 'multipart',
    response: schema.Ticket,
    status: 201,
  }),
  readTicket: route({
    summary: 'A ticket with its conversation',
    access: EVERYONE,
    params: idParams,
    response: schema.Ticket,
  }),
  addComment: route({
    summary: 'Reply, or write an internal note',
    access: EVERYONE,
    params: idParams,
    body: z.strictObject({ body: schema.words(100_000), visibility: z.enum(['public', 'internal']).default('public') }),
    takes: 'multipart',
    response: schema.Comment,
    status: 201,
  }),
  transitionTicket: route({
    summary: 'Change the status of a ticket',
    access: EVERYONE,
    params: idParams,
    body: transitionBody,
    response: schema.Ticket,
  }),
  downloadAttachment: route({
    summary: 'The bytes of an attachment',
    access: EVERYONE,
    params: idParams,
    gives: 'stream',
    response: file,
  }),
  openapi: route({ summary: 'This description', access: 'anyone', response: z.record(z.string(), z.unknown()) }),
  listLocalMail: route({
    summary: 'What the desk sent, newest first (local mode)',
    access: EVERYONE,
    local: true,
    response: z.object({ results: z.array(schema.LocalMail) }),
  }),
  sendLocalMail: route({
    summary: 'Hand a raw message (RFC 5322) to the desk by SMTP (local mode)',
    access: EVERYONE,
    local: true,
    takes: 'raw',
    body: z.unknown(),
    response: z.object({ accepted: z.array(z.string()) }),
    status: 201,
  }),
  readLocalMail: route({
    summary: 'One mail as a mail client shows it (local mode)',
    access: EVERYONE,
    local: true,
    params: idParams,
    response: localMessage,
  }),
} as const satisfies Record<RouteName, Route>;

export type Routes = typeof ROUTES;
