import { readFileSync } from 'node:fs';
import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';
import type { OpenApi } from '../openapi.ts';
import { referencePage } from './reference-page.ts';

/** `/api/docs`: the description of the API to read. Made once; it holds nothing of anybody, so it may be kept. */
export function referenceRoutes(router: Router, document: OpenApi): void {
  const page = referencePage(document);
  const style = readFileSync(new URL('style.css', import.meta.url), 'utf8');
  router.get('/api/docs', (ctx: RouterContext) => send(ctx, 'text/html; charset=utf-8', page));
  router.get('/api/docs/style.css', (ctx: RouterContext) => send(ctx, 'text/css; charset=utf-8', style));
}

function send(ctx: RouterContext, type: string, text: string): void {
  ctx.type = type;
  ctx.set('Cache-Control', 'no-cache');
  ctx.body = text;
}
