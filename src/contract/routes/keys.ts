import { z } from 'zod';
import { SCOPES } from '../../people/scopes.ts';
import type { KEYS_PATHS } from '../paths/keys.ts';
import { id, idParams, limit, route, STAFF, type Route } from '../route.ts';
import * as schema from '../schemas.ts';

const scope = z.enum(SCOPES);

const apiKey = z.object({
  id: z.int(),
  name: z.string(),
  /** How it begins, by which people know it. */
  prefix: z.string(),
  scopes: z.array(scope),
  /** It acts as this person. */
  owner: schema.Person,
  state: z.enum(['active', 'expired', 'revoked']),
  created_at: schema.time,
  expires_at: schema.time,
  /** To the minute. */
  last_used_at: schema.time.nullable(),
  revoked_at: schema.time.nullable(),
});

/** No key makes, lists or ends keys: all of them need a session. */
export const keysRoutes = {
  listApiKeys: route({
    summary: 'Your API keys, for admins those of everybody, newest first',
    access: STAFF,
    query: z.strictObject({
      /** Those of this employee. */
      employee: id.optional(),
      limit: limit.optional(),
      cursor: z.string().max(40).optional(),
    }),
    response: z.object({
      next: z.string().nullable(),
      results: z.array(apiKey),
      /** Scopes that a key of yours may have. */
      scopes: z.array(scope),
    }),
  }),
  createApiKey: route({
    summary: 'Make an API key; its secret is told this once',
    access: STAFF,
    recent: true,
    secret: true,
    body: z.strictObject({
      name: schema.line(100),
      scopes: z.array(scope).min(1).max(SCOPES.length),
      /** A year from now at the most. */
      expires_at: schema.time,
    }),
    response: apiKey.extend({ key: z.string() }),
    status: 201,
  }),
  revokeApiKey: route({
    summary: 'End an API key at once: your own, for admins anybody’s',
    access: STAFF,
    params: idParams,
    response: apiKey,
  }),
} satisfies Record<keyof typeof KEYS_PATHS, Route>;
