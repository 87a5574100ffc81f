import { z } from 'zod';
import type { WEBHOOKS_PATHS } from '../paths/webhooks.ts';
import { ADMINS, id, idParams, limit, route, type Route } from '../route.ts';
import * as schema from '../schemas.ts';
import { WEBHOOK_EVENTS } from '../webhook-events.ts';

const events = z.array(z.enum(WEBHOOK_EVENTS)).min(1).max(WEBHOOK_EVENTS.length);
const url = z.string().trim().max(2000);

const webhook = z.object({
  id: z.int(),
  name: z.string(),
  url: z.string(),
  events: z.array(z.string()),
  enabled: z.boolean(),
  /** Why the desk switched it off; null: it did not. */
  stopped_reason: z.string().nullable(),
  version: z.int(),
  /** Messages that wait, and that were given up; counts end at 10,000. */
  waiting: z.int(),
  dead: z.int(),
  created_at: schema.time,
});

const delivery = z.object({
  id: z.int(),
  /** webhook-id of all its tries. */
  message_id: z.string(),
  event: z.string(),
  state: z.enum(['pending', 'delivered', 'dead']),
  attempts: z.int(),
  /** Of the last answer; null: there was none. */
  status: z.int().nullable(),
  error: z.string().nullable(),
  ticket_id: z.int(),
  next_at: schema.time,
  created_at: schema.time,
  finished_at: schema.time.nullable(),
});

export const webhooksRoutes = {
  listWebhooks: route({
    summary: 'Other systems that are told what happens to tickets',
    access: ADMINS,
    scope: 'settings:read',
    response: z.object({ results: z.array(webhook), events: z.array(z.string()) }),
  }),
  createWebhook: route({
    summary: 'Tell another system what happens, signed by Standard Webhooks 1.0; the secret is told this once',
    access: ADMINS,
    recent: true,
    secret: true,
    body: z.strictObject({ name: schema.line(100), url, events }),
    response: webhook.extend({ secret: z.string() }),
    status: 201,
  }),
  changeWebhook: route({
    summary: 'Change a webhook, or switch it off and on',
    access: ADMINS,
    scope: 'settings:write',
    recent: true,
    params: idParams,
    body: z.strictObject({
      version: z.int().positive(),
      name: schema.line(100).optional(),
      url: url.optional(),
      events: events.optional(),
      enabled: z.boolean().optional(),
    }),
    response: webhook,
  }),
  deleteWebhook: route({
    summary: 'Delete a webhook, with what waits for it and its log',
    access: ADMINS,
    scope: 'settings:write',
    params: idParams,
    response: z.object({}),
  }),
  listWebhookDeliveries: route({
    summary: 'What a webhook was told in the last 30 days and what became of it, newest first',
    access: ADMINS,
    scope: 'settings:read',
    params: idParams,
    query: z.strictObject({
      state: z.enum(['pending', 'delivered', 'dead']).optional(),
      limit: limit.optional(),
      cursor: z.string().max(40).optional(),
    }),
    response: z.object({ next: z.string().nullable(), results: z.array(delivery) }),
  }),
  replayWebhookDelivery: route({
    summary: 'Send a message again that was delivered or given up, with the same webhook-id',
    access: ADMINS,
    scope: 'settings:write',
    params: z.strictObject({ id, delivery: id }),
    response: delivery,
  }),
} satisfies Record<keyof typeof WEBHOOKS_PATHS, Route>;
