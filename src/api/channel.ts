import type { RouterContext } from '@koa/router';

/** How somebody reaches us: the portal says so; everybody else is the API. */
export function channelOf(ctx: RouterContext): 'portal' | 'api' {
  return ctx.get('x-client') === 'portal' ? 'portal' : 'api';
}
