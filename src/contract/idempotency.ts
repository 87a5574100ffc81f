import { PATHS, type RouteName } from './paths.ts';
import type { Route } from './route.ts';
import { ROUTES } from './routes.ts';

/**
 * Whether a POST takes an Idempotency-Key. Its answer is stored as it is for a day, so nothing that holds a secret does; nor what anyone may call, as
 * a key belongs to a person; nor raw bytes, which say themselves what they are (Message-ID).
 */
export function takesIdempotencyKey(name: RouteName): boolean {
  const { access, secret, takes, gives }: Route = ROUTES[name];
  return PATHS[name][0] === 'POST' && access !== 'anyone' && !secret && takes !== 'raw' && gives === 'json';
}
