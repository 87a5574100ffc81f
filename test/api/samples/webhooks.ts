import type { Request, Sample, World } from '../samples.ts';

/** Nobody is there. */
export const WEBHOOK_ENV = { WEBHOOK_HOSTS: 'http://127.0.0.1:1' };

/** A webhook with a message that was given up. */
export async function webhookOn({ desk }: Pick<World, 'desk'>): Promise<{ id: number; delivery: number }> {
  const [row] = await desk.transaction((tx) =>
    tx.em.execute<{ id: string; delivery: string }[]>(
      `with who as (insert into employee (email, role, status, created_at, updated_at) values (gen_random_uuid() || '@maravia.example', 'employee', 'contact', now(), now()) returning id),
        t as (insert into ticket (subject, requester_id, channel, created_at, updated_at) select 'Sample', id, 'api', now(), now() from who returning id),
        e as (insert into ticket_event (ticket_id, type, channel, notice, created_at) select id, 'opened', 'api', 'none', now() from t returning id),
        w as (insert into webhook (name, url, events, secret, created_at) values ('Sample', 'http://127.0.0.1:1/', '{ticket.assigned}', '', now()) returning id)
       insert into webhook_delivery (webhook_id, ticket_event_id, event, state, next_at, created_at, finished_at)
         select w.id, e.id, 'ticket.opened', 'dead', now(), now(), now() from w, e returning webhook_id as id, id as delivery`,
    ),
  );
  return { id: Number(row?.id), delivery: Number(row?.delivery) };
}

/** Webhooks belong to nobody. */
const of = (more: (made: { id: number; delivery: number }) => Request): Sample => {
  const make = async (world: World) => more(await webhookOn(world));
  return { own: make, foreign: make, reach: ['admin'] };
};

export const webhookSamples = {
  listWebhooks: { own: () => ({}) },
  createWebhook: {
    own: () => ({ body: { name: 'Sample', url: 'http://127.0.0.1:1/hook', events: ['ticket.opened'] } }),
  },
  changeWebhook: of(({ id }) => ({ params: { id }, body: { version: 1, enabled: false } })),
  deleteWebhook: of(({ id }) => ({ params: { id } })),
  listWebhookDeliveries: of(({ id }) => ({ params: { id } })),
  replayWebhookDelivery: of(({ id, delivery }) => ({ params: { id, delivery } })),
} satisfies Record<string, Sample>;
