import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';
import { AppError } from '../errors.ts';
import { switchOffMail } from '../people/switch-off-mail.ts';
import { readUnsubscribeToken } from '../people/unsubscribe-token.ts';
import { inRequest, type MountDeps } from './mount.ts';

/** A form on a page of its own; nothing else may happen there. */
const CSP =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/**
 * One-click unsubscription (RFC 8058): a POST without cookie or sign-in ends it, whatever it says; a GET, which scanners of mail make too, only shows the
 * button that makes it.
 */
export function unsubscribeRoutes(router: Router, deps: MountDeps): void {
  router.get('/api/unsubscribe/:token', (ctx: RouterContext) => {
    tokenOf(ctx, deps);
    show(ctx, '<p>Do you want no more of these mails?</p><form method="post"><button>Unsubscribe</button></form>');
  });

  router.post('/api/unsubscribe/:token', async (ctx: RouterContext) => {
    const { employeeId, name } = tokenOf(ctx, deps);
    await inRequest(ctx, deps.transaction)((tx) => switchOffMail(tx, employeeId, name));
    show(ctx, '<p>You get no more of these mails. You can switch them on again in your profile.</p>');
  });
}

function tokenOf(ctx: RouterContext, { secrets }: MountDeps) {
  const token = readUnsubscribeToken(secrets.links, String((ctx['params'] as Record<string, string>)['token']));
  if (!token) throw new AppError('not_found', 'There is no such link');
  return token;
}

function show(ctx: RouterContext, body: string): void {
  ctx.set('Content-Security-Policy', CSP);
  ctx.set('Cache-Control', 'no-store');
  ctx.type = 'text/html; charset=utf-8';
  ctx.body = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>Unsubscribe</title><body style="font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:4rem auto;padding:0 1rem">${body}</body></html>`;
}
