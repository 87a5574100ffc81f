import type Router from '@koa/router';
import { WEBHOOK_EVENTS } from '../contract/webhook-events.ts';
import type { Destination } from '../http/destinations.ts';
import { changeWebhook, createWebhook, deleteWebhook } from '../integrations/webhooks/change-webhook.ts';
import { listDeliveries, replayDelivery, type Delivery } from '../integrations/webhooks/deliveries.ts';
import { findWebhook, listWebhooks, type Webhook } from '../integrations/webhooks/webhook.ts';
import { mount, type MountDeps } from './mount.ts';
import { pageLink } from './page-link.ts';

export interface WebhookRouteDeps extends MountDeps {
  /** Servers that webhooks may call. */
  webhookHosts: readonly Destination[];
}

/** Other systems that are told what happens. */
export function webhookRoutes(router: Router, deps: WebhookRouteDeps): void {
  const rules = { hosts: deps.webhookHosts, sealing: deps.secrets.sealing };

  mount(router, deps, 'listWebhooks', async ({ tx }) => ({
    results: (await listWebhooks(tx)).map(present),
    events: [...WEBHOOK_EVENTS],
  }));

  mount(router, deps, 'createWebhook', async ({ tx, actor, body }) => {
    const { id, secret } = await createWebhook(tx, { actorId: actor.id, given: body }, rules);
    return { ...present(await findWebhook(tx, id)), secret };
  });

  mount(router, deps, 'changeWebhook', async ({ tx, actor, params: { id }, body: { version, ...changes } }) => {
    await changeWebhook(tx, { id, actorId: actor.id, version, changes }, rules);
    return present(await findWebhook(tx, id));
  });

  mount(router, deps, 'deleteWebhook', async ({ tx, actor, params: { id } }) => {
    await deleteWebhook(tx, id, actor.id);
    return {};
  });

  mount(router, deps, 'listWebhookDeliveries', async ({ tx, params: { id }, query }) => {
    await findWebhook(tx, id);
    const { deliveries, next } = await listDeliveries(tx.em, id, query);
    return { next: pageLink(`/api/webhooks/${id}/deliveries`, query, next), results: deliveries.map(presentDelivery) };
  });

  mount(router, deps, 'replayWebhookDelivery', async ({ tx, actor, params: { id, delivery } }) =>
    presentDelivery(await replayDelivery(tx, { webhookId: id, id: delivery, actorId: actor.id })),
  );
}

const present = (webhook: Webhook) => ({ ...webhook, created_at: webhook.created_at.toISOString() });

function presentDelivery({ next_at, created_at, finished_at, ...delivery }: Delivery) {
  const at = (time: string | Date) => new Date(time).toISOString();
  return { ...delivery, next_at: at(next_at), created_at: at(created_at), finished_at: finished_at && at(finished_at) };
}
