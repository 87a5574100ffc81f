import { create as contentDisposition } from 'content-disposition';
import type { RouterContext } from '@koa/router';

/** Headers of a file that is to be saved, never shown (T34). */
export function sendAsFile(ctx: RouterContext, type: string, filename: string): void {
  ctx.status = 200;
  ctx.set('Content-Type', type);
  ctx.set('Content-Disposition', contentDisposition(filename, { type: 'attachment' }));
  ctx.set('Cache-Control', 'private, no-store');
}
