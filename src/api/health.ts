import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';

export interface Health {
  /** Rejects or takes over a second when the database does not answer or is not at this version. */
  check: () => Promise<void>;
  draining: () => boolean;
  /** Whether files and mail can still be taken. */
  hasRoom: () => Promise<boolean>;
}

const PATIENCE = 1000;

/**
 * `/livez`: the event loop turns. `/readyz`: send requests here; `degraded` ones can still be read, but a human must look.
 */
export function healthRoutes(router: Router, { check, draining, hasRoom }: Health): void {
  router.get('/livez', (ctx: RouterContext) => {
    ctx.body = { status: 'ok' };
  });
  router.get('/readyz', async (ctx: RouterContext) => {
    const reason = draining() ? 'draining' : await failure(check);
    ctx.status = reason ? 503 : 200;
    if (reason) ctx.body = { status: 'unavailable', reason };
    else ctx.body = (await hasRoom()) ? { status: 'ok' } : { status: 'degraded', reason: 'disk' };
  });
}

async function failure(check: () => Promise<void>): Promise<string | null> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('slow')), PATIENCE);
  return Promise.race([check(), late])
    .then(
      () => null,
      () => 'database',
    )
    .finally(() => clearTimeout(timer));
}
