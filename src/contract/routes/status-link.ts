import { z } from 'zod';
import { STATUSES } from '../../tickets/lifecycle.ts';
import type { STATUS_LINK_PATHS } from '../paths/status-link.ts';
import { idParams, route, STAFF, type Route } from '../route.ts';
import * as schema from '../schemas.ts';

const token = z.string().max(100);

/** What a status link shows of a ticket: names and words, no addresses, nothing that only staff may know. */
const statusPage = z.object({
  ticket_number: z.string(),
  subject: z.string(),
  status: z.enum(STATUSES),
  status_reason: z.string().nullable(),
  created_at: schema.time,
  assignee: z.object({ name: z.string() }).nullable(),
  conversation: z.array(
    z.object({
      id: z.int(),
      author: z.string(),
      /** Whether the reader wrote it, the desk, or somebody else who takes part. */
      by: z.enum(['you', 'desk', 'other']),
      body: z.string(),
      created_at: schema.time,
      files: z.array(z.object({ id: z.int(), filename: z.string(), size: z.int(), infected: z.boolean() })),
    }),
  ),
  may_reply: z.boolean(),
  /** Whether the reader is asked if it is solved. */
  may_answer: z.boolean(),
  expires_at: schema.time,
});

const reading = { access: 'anyone', secret: true, limits: ['status-link'] } as const;
const writing = { access: 'anyone', secret: true, limits: ['status-link-words', 'status-link'] } as const;

export const statusLinkRoutes = {
  readByLink: route({
    summary: 'The ticket of a status link: what people without an account read by the link in a mail',
    ...reading,
    body: z.strictObject({ token }),
    response: statusPage,
  }),
  replyByLink: route({
    summary: 'Reply by a status link; staff sees that nothing but the link proves who wrote it',
    ...writing,
    body: z.strictObject({ token, body: schema.words(100_000) }),
    response: statusPage,
    status: 201,
  }),
  answerByLink: route({
    summary: 'Say by a status link whether it is solved: the ticket is closed, or reopened',
    ...writing,
    body: z.strictObject({ token, solved: z.boolean() }),
    response: statusPage,
  }),
  downloadByLink: route({
    summary: 'The bytes of a file of the ticket of a status link',
    ...reading,
    body: z.strictObject({ token, file: z.int().positive() }),
    gives: 'stream',
    response: z.unknown(),
  }),
  endStatusLinks: route({
    summary: 'End the status links that were sent about a ticket so far; later mails carry new ones',
    access: STAFF,
    params: idParams,
    response: z.object({ ended: z.literal(true) }),
  }),
} satisfies Record<keyof typeof STATUS_LINK_PATHS, Route>;
