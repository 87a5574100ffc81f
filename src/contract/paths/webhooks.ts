import type { Paths } from './method-and-path.ts';

export const WEBHOOKS_PATHS = {
  listWebhooks: ['GET', '/api/webhooks'],
  createWebhook: ['POST', '/api/webhooks'],
  changeWebhook: ['PATCH', '/api/webhooks/:id'],
  deleteWebhook: ['DELETE', '/api/webhooks/:id'],
  listWebhookDeliveries: ['GET', '/api/webhooks/:id/deliveries'],
  replayWebhookDelivery: ['POST', '/api/webhooks/:id/deliveries/:delivery/replay'],
} as const satisfies Paths;
