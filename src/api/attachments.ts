import type Router from '@koa/router';
import { create as contentDisposition } from 'content-disposition';
import type { RouterContext } from '@koa/router';
import type { MountDeps } from './mount.ts';
import { isKnown } from './conditional.ts';
import { mount } from './mount.ts';
import { findAttachment } from '../tickets/find-attachment.ts';
import { AppError } from '../errors.ts';

/** Raster images and plain text may be looked at in the browser; everything else is saved (T12). */
const INLINE = /^(image\/(png|jpeg|gif|webp)|text\/plain)$/;

export function attachmentRoutes(router: Router, deps: MountDeps): void {
  mount(router, deps, 'downloadAttachment', async ({ tx, actor, params, ctx }) => {
    const attachment = await findAttachment(tx.em, actor, params.id);
    const size = await deps.blobs.size(attachment.sha256);
    if (size !== attachment.size)
      throw new AppError('internal_error', 'The file is damaged. An admin can restore it from a backup.');
    sendFile(ctx, attachment);
    if (isKnown(ctx, `"${attachment.sha256}"`)) ctx.status = 304;
    else ctx.body = deps.blobs.stream(attachment.sha256);
    return undefined;
  });
}

/** Headers that let nothing in a file run or be guessed (RFC 6266, RFC 8187): the name is data, the type is fixed, the page is a sandbox. */
export function sendFile(ctx: RouterContext, file: { filename: string; contentType: string; size: number }): void {
  const inline = INLINE.test(file.contentType);
  ctx.status = 200;
  ctx.set('Content-Type', inline ? withCharset(file.contentType) : 'application/octet-stream');
  ctx.set('Content-Disposition', contentDisposition(file.filename, { type: inline ? 'inline' : 'attachment' }));
  ctx.set('Content-Length', String(file.size));
  ctx.set('Content-Security-Policy', "sandbox; default-src 'none'; frame-ancestors 'none'");
  ctx.set('Cross-Origin-Resource-Policy', 'same-origin');
  ctx.set('Cache-Control', 'private, no-store');
}

function withCharset(type: string): string {
  return type === 'text/plain' ? 'text/plain; charset=utf-8' : type;
}
