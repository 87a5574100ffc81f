/** What other systems may be told of. Browser-safe: imports nothing. */
export const WEBHOOK_EVENTS = [
  'ticket.opened',
  'ticket.status_changed',
  'ticket.assigned',
  'ticket.changed',
  'comment.created',
  'comment.edited',
] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];
