import { z } from 'zod';
import { TRANSITION_NAMES } from '../../tickets/lifecycle.ts';
import type { WORKFLOW_PATHS } from '../paths/workflow.ts';
import { idParams, route, STAFF, type Route } from '../route.ts';
import * as schema from '../schemas.ts';

/** What the workflow system says of a ticket: a transition, and what it needs. */
export const workflowCallback = z.strictObject({
  ticket_number: z.string().regex(/^TX\d{4,15}$/, 'must be a ticket number such as TX0001'),
  name: z.enum(TRANSITION_NAMES),
  /** Shown to the requester, as is `comment`. */
  reason: schema.words(2000).optional(),
  comment: schema.words(10_000).optional(),
  /** Id of somebody of staff. */
  assignee: z.int().positive().optional(),
});

export const workflowRoutes = {
  workflowCallback: route({
    summary:
      'The workflow system changes the status of a ticket: {ticket_number, name, reason, comment, assignee}, signed by Standard Webhooks 1.0; the same webhook-id again changes nothing',
    access: 'anyone',
    limits: ['push'],
    takes: 'raw',
    raw: { types: ['application/json'], bytes: 100_000 },
    body: z.unknown(),
    response: z.object({
      ticket_number: z.string(),
      status: schema.status,
      /** It came before, and nothing was done now. */
      duplicate: z.boolean(),
    }),
  }),
  retryWorkflow: route({
    summary: 'Send a ticket to the workflow system again, after that was given up',
    access: STAFF,
    scope: 'tickets:write',
    params: idParams,
    response: schema.Ticket,
  }),
} satisfies Record<keyof typeof WORKFLOW_PATHS, Route>;
