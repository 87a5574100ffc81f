import { z } from 'zod';
import type { ASSISTANT_PATHS } from '../paths/assistant.ts';
import { EVERYONE, route, type Route } from '../route.ts';
import * as schema from '../schemas.ts';
import { foundArticle } from './knowledge.ts';

const ownTicket = z.object({
  id: z.int(),
  ticket_number: z.string(),
  subject: z.string(),
  status: schema.status,
  updated_at: schema.time,
});

export const assistantRoutes = {
  askAssistant: route({
    summary: 'Ask the assistant: it finds articles and one’s own tickets that have to do with a question',
    access: EVERYONE,
    body: z.strictObject({ question: schema.words(2000) }),
    response: z.object({
      /** How it was answered. search: by looking for its words, without a language model. */
      by: z.enum(['search']),
      articles: z.array(foundArticle),
      tickets: z.array(ownTicket),
    }),
  }),
} satisfies Record<keyof typeof ASSISTANT_PATHS, Route>;
