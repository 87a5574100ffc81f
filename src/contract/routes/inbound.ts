import { z } from 'zod';
import type { INBOUND_PATHS } from '../paths/inbound.ts';
import { route, type Route } from '../route.ts';
import * as schema from '../schemas.ts';

export const inboundRoutes = {
  pushMessage: route({
    summary:
      'Push a message (RFC 5322) as it is into a mailbox that takes them, signed by Standard Webhooks 1.0, or with an API key of the scope inbound:write',
    access: 'anyone',
    scope: 'inbound:write',
    limits: ['push'],
    takes: 'raw',
    streamed: true,
    /** Its address, or its id. */
    params: z.strictObject({ mailbox: schema.line(254) }),
    body: z.unknown(),
    response: z.object({
      /** id in the mail ledger */
      id: z.int(),
      /** The same bytes were pushed to this mailbox before. */
      duplicate: z.boolean(),
    }),
    status: 202,
  }),
} satisfies Record<keyof typeof INBOUND_PATHS, Route>;
