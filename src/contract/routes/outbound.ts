import { z } from 'zod';
import type { OUTBOUND_PATHS } from '../paths/outbound.ts';
import { idParams, route, STAFF, type Route } from '../route.ts';
import * as schema from '../schemas.ts';

const stop = schema.MailStop.extend({
  ticket: z.object({ id: z.int(), ticket_number: z.string() }).nullable(),
  resumed_at: schema.time.nullable(),
  resumed_by: z.object({ id: z.int(), name: z.string() }).nullable(),
  /** Mails that it keeps back. */
  kept: z.int(),
});

export const outboundRoutes = {
  listStops: route({
    summary: 'Addresses and tickets that get no mail for now, and why; then those that were resumed, newest first',
    access: STAFF,
    query: z.strictObject({ address: schema.address.optional() }),
    /** 200 at most. */
    response: z.array(stop),
  }),
  resumeStop: route({
    summary: 'Let an address or a ticket have mail again, and send what was kept back in the last three days',
    access: STAFF,
    params: idParams,
    response: stop,
  }),
} satisfies Record<keyof typeof OUTBOUND_PATHS, Route>;
