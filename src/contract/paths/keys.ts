import type { Paths } from './method-and-path.ts';

export const KEYS_PATHS = {
  listApiKeys: ['GET', '/api/api-keys'],
  createApiKey: ['POST', '/api/api-keys'],
  revokeApiKey: ['DELETE', '/api/api-keys/:id'],
} as const satisfies Paths;
