import { z } from 'zod';
import { STATUSES, TRANSITION_NAMES } from '../../tickets/lifecycle.ts';
import type { TICKETS_PATHS } from '../paths/tickets.ts';
import { EVERYONE, id, idParams, limit, route, STAFF, type Route } from '../route.ts';
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
  priority: z.enum([...schema.PRIORITIES, 'none']).optional(),
  /** name or id of a category or sub-category; none: without one */
  category: schema.line(100).optional(),
  /** name or id; none: without one */
  department: schema.line(100).optional(),
  /** id of an employee */
  assignee: z.union([z.enum(['me', 'none']), id]).optional(),
  requester: z.union([z.literal('me'), id]).optional(),
  channel: z.enum(['mail', 'portal', 'api']).optional(),
  /** submitted at this time or later */
  created_from: schema.moment.optional(),
  /** submitted before */
  created_to: schema.moment.optional(),
  has_attachment: z.enum(['true', 'false']).optional(),
  /** not over though its scheduled date has passed */
  overdue: z.enum(['true', 'false']).optional(),
  /** resolved or closed */
  solved: z.enum(['true', 'false']).optional(),
  /** somebody of staff has answered */
  answered: z.enum(['true', 'false']).optional(),
  /** Something was done on it: resolved, a resolution taken back, a public answer or a note of somebody but the requester … */
  done: z.enum(['resolved', 'reopened', 'answered', 'noted']).optional(),
  /** … by this person … */
  done_by: id.optional(),
  /** … at this time or later … */
  done_from: schema.moment.optional(),
  /** … and before. */
  done_to: schema.moment.optional(),
  /** Words in subject, comments, names of files, name and address of the requester; "words together"; a ticket number. */
  q: schema.line(200).optional(),
  sort: z.enum(['newest', 'oldest', 'updated']).optional(),
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

/** name or id */
const nameOrId = z.union([schema.line(100), z.int()]);

/** What staff may change beside the status. null takes it away; a new category takes the sub-category of the old one with it. */
export const ticketChanges = z.strictObject({
  subject: schema.line(300).optional(),
  priority: schema.priority.optional(),
  category: nameOrId.nullable().optional(),
  sub_category: nameOrId.nullable().optional(),
  department: nameOrId.nullable().optional(),
  scheduled_for: schema.moment.nullable().optional(),
  /** id of a coordinator or admin; `round_robin`: whose turn it is; `least_open`: who has the fewest open tickets; null: nobody */
  assignee: z
    .union([z.int().positive(), z.enum(['round_robin', 'least_open'])])
    .nullable()
    .optional(),
});

const newComment = z.strictObject({
  ...schema.commentWords,
  visibility: z.enum(['public', 'internal']).default('public'),
  /** Public replies of staff: it goes out at this time, and can be changed or taken back until then. */
  send_at: schema.moment.optional(),
  /** Public replies of staff: it waits for the seconds of the setting `undo_send_seconds`, and can be taken back so long. */
  undo: z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')]).optional(),
  /** Public replies of staff: what it does to the status. It says so itself, so the change makes no mail of its own; taken back, it puts the status back. */
  move: z.enum(['wait']).optional(),
  /** Version of one's own draft: its files go along, and it is gone. 409 when it has changed since. */
  draft: z.union([z.int().positive(), id]).optional(),
  version: version.optional(),
});

const newTicket = z.strictObject({
  subject: schema.line(300),
  description: schema.words(100_000),
  /** name or id */
  category: nameOrId.optional(),
  sub_category: nameOrId.optional(),
  department: nameOrId.optional(),
  priority: schema.priority.optional(),
  scheduled_for: schema.moment.optional(),
});

const excerpt = z.array(z.object({ text: z.string(), hit: z.boolean() }));

const ticketLine = schema.TicketSummary.extend({
  /** Where it has the words of `q`; null without them, and where it only looks like it. */
  match: z.object({ subject: excerpt, comment: excerpt.nullable(), file: z.string().nullable() }).nullable(),
});

const count = z.int();
const badges = z.object({
  ...{ open: count, new: count, mine: count, unassigned: count, waiting: count, overdue: count },
});

const ticketPage = z.object({
  /** Exact up to 1,000; beyond it stops counting and says so in `count_capped`. */
  count: z.int(),
  count_capped: z.boolean(),
  /** Nothing is just as `q` says; these look like it. */
  similar: z.boolean(),
  next: z.string().nullable(),
  previous: z.string().nullable(),
  results: z.array(ticketLine),
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
  countTickets: route({
    summary: 'How many tickets the reader has in each view of what is not over',
    access: EVERYONE,
    scope: 'tickets:read',
    response: badges,
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
  changeTicket: route({
    summary: 'Change what a ticket is about, how urgent it is and who has it',
    access: STAFF,
    scope: 'tickets:write',
    params: idParams,
    body: ticketChanges.extend({ version: version.optional() }),
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
  linkAttachment: route({
    summary: 'A link to a file that needs no Authorization header, good for five minutes',
    access: EVERYONE,
    scope: 'tickets:read',
    params: idParams,
    response: z.object({ url: z.string(), expires_at: schema.time }),
    secret: true,
  }),
  readThumbnail: route({
    summary: 'A small picture of an image file (PNG or JPEG)',
    access: EVERYONE,
    scope: 'tickets:read',
    params: idParams,
    gives: 'stream',
    response: file,
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
