import type Router from '@koa/router';
import type { Route } from '../contract/route.ts';
import { ROUTES } from '../contract/routes.ts';
import { fieldError } from '../errors.ts';
import type { ApiKey } from '../people/api-key.ts';
import { createApiKey } from '../people/create-api-key.ts';
import { listApiKeys } from '../people/list-api-keys.ts';
import { revokeApiKey } from '../people/revoke-api-key.ts';
import { SCOPES, type Scope } from '../people/scopes.ts';
import { personOf } from '../tickets/read-ticket.ts';
import type { Role } from '../tickets/lifecycle.ts';
import { mount, type MountDeps } from './mount.ts';
import { pageLink } from './page-link.ts';

/** Keys for machines that act as the person who made them. */
export function apiKeyRoutes(router: Router, deps: MountDeps): void {
  mount(router, deps, 'listApiKeys', async ({ tx, actor, query }) => {
    const { keys, next } = await listApiKeys(tx.em, actor, query);
    return {
      next: pageLink('/api/api-keys', query, next),
      results: keys.map((key) => present(key, tx.now)),
      scopes: scopesOf(actor.role),
    };
  });

  mount(router, deps, 'createApiKey', async ({ tx, actor, body: { name, scopes, expires_at } }) => {
    const useless = scopes.filter((scope) => !scopesOf(actor.role).includes(scope));
    if (useless.length > 0) throw fieldError('scopes', `your role may do nothing with ${useless.join(', ')}`);
    const { row, key } = await createApiKey(tx, actor, { name, scopes, expiresAt: new Date(expires_at) });
    return { ...present(row, tx.now), key };
  });

  mount(router, deps, 'revokeApiKey', async ({ tx, actor, params }) =>
    present(await revokeApiKey(tx, actor, params.id), tx.now),
  );
}

/** Scopes that open at least one operation to a role: another one would lie waiting until the person rises. */
function scopesOf(role: Role): Scope[] {
  const routes: Route[] = Object.values(ROUTES);
  const opens = (scope: Scope) =>
    routes.some((route) => route.scope === scope && (route.access === 'anyone' || route.access.includes(role)));
  return SCOPES.filter(opens);
}

function present({ id, name, prefix, scopes, employee, ...times }: ApiKey, now: Date) {
  const { createdAt, expiresAt, lastUsedAt, revokedAt } = times;
  return {
    ...{ id, name, prefix, scopes, owner: personOf(employee) },
    state: revokedAt ? ('revoked' as const) : expiresAt <= now ? ('expired' as const) : ('active' as const),
    created_at: createdAt.toISOString(),
    expires_at: expiresAt.toISOString(),
    last_used_at: lastUsedAt?.toISOString() ?? null,
    revoked_at: revokedAt?.toISOString() ?? null,
  };
}
