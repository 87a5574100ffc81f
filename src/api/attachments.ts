import type Router from '@koa/router';
import { create as contentDisposition } from 'content-disposition';
import type { RouterContext } from '@koa/router';
import { AppError } from '../errors.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { hasThumbnail, makeThumbnail } from '../files/picture.ts';
import { Employee } from '../people/employee.ts';
import type { Attachment } from '../tickets/attachment.ts';
import { findAttachment, findSharedFile } from '../tickets/find-attachment.ts';
import { isKnown } from './conditional.ts';
import { DOWNLOAD_SECONDS, downloadToken, readDownloadToken, readSharedFileToken } from '../files/download-token.ts';
import { mount, type MountDeps } from './mount.ts';
import { readRange } from './read-range.ts';

/** Raster images and plain text may be looked at in the browser; everything else is saved (T12). */
const INLINE = /^(image\/(png|jpeg|gif|webp)|text\/plain)$/;

export function attachmentRoutes(router: Router, deps: MountDeps): void {
  mount(router, deps, 'downloadAttachment', async ({ tx, actor, params, ctx }) => {
    await sendAttachment(ctx, deps.blobs, await findAttachment(tx, actor, params.id));
    return undefined;
  });

  mount(router, deps, 'readThumbnail', async ({ tx, actor, params, ctx }) => {
    const attachment = await findAttachment(tx, actor, params.id);
    refuseInfected(attachment);
    if (!hasThumbnail(attachment)) throw new AppError('not_found', 'There is no thumbnail of this file');
    ctx.set('Cache-Control', 'private, no-store');
    if (isKnown(ctx, `"${attachment.sha256}-thumbnail"`)) ctx.status = 304;
    else {
      const bytes = await makeThumbnail(await deps.blobs.read(attachment.sha256));
      if (!bytes) throw new AppError('not_found', 'The image is damaged: there is no thumbnail of it');
      setSafe(ctx, { filename: 'thumbnail.jpg', contentType: 'image/jpeg' });
      ctx.body = bytes;
    }
    return undefined;
  });

  mount(router, deps, 'linkAttachment', async ({ tx, actor, params }) => {
    const { id: fileId } = await findAttachment(tx, actor, params.id);
    const now = Math.floor(tx.now.getTime() / 1000);
    const token = downloadToken(deps.secrets.frames, { employeeId: actor.id, version: actor.version, fileId }, now);
    return {
      url: `/attach/${fileId}/download?token=${token}`,
      expires_at: new Date((now + DOWNLOAD_SECONDS) * 1000).toISOString(),
    };
  });

  // The document's path. Without a token it is the API's own, which reads the Authorization header.
  router.get('/attach/:id/download', async (ctx: RouterContext) => {
    const id = String((ctx['params'] as Record<string, string>)['id']);
    const { token } = ctx.query;
    if (token === undefined) return ctx.redirect(`/api/attachments/${encodeURIComponent(id)}/download`);
    await deps.transaction(async (tx) => {
      const now = Math.floor(tx.now.getTime() / 1000);
      const given = typeof token === 'string' ? token : '';
      if (String(readSharedFileToken(deps.secrets.frames, given, now)) === id)
        return sendAttachment(ctx, deps.blobs, await findSharedFile(tx, Number(id)));
      const link = readDownloadToken(deps.secrets.frames, given, now);
      const gone = new AppError('not_found', 'This link has expired. Ask for the file again.');
      if (!link || String(link.fileId) !== id) throw gone;
      const reader = await tx.em.findOne(Employee, { id: link.employeeId, version: link.version, status: 'approved' });
      if (!reader) throw gone;
      return sendAttachment(ctx, deps.blobs, await findAttachment(tx, reader, link.fileId));
    });
  });
}

/** Sends a file, or the part of it that was asked for. 403 for one with a virus. */
export async function sendAttachment(ctx: RouterContext, blobs: BlobStore, attachment: Attachment): Promise<void> {
  refuseInfected(attachment);
  const { sha256, size } = attachment;
  if ((await blobs.size(sha256)) !== size)
    throw new AppError('internal_error', 'The file is damaged. An admin can restore it from a backup.');
  const tag = `"${sha256}"`;
  sendFile(ctx, attachment);
  ctx.set('Accept-Ranges', 'bytes');
  if (isKnown(ctx, tag)) {
    ctx.status = 304;
    return;
  }
  const range = readRange(ctx, size, tag);
  if (range === 'unsatisfiable') {
    ctx.status = 416;
    ctx.set('Content-Range', `bytes */${size}`);
    ctx.set('Content-Length', '0');
    ctx.body = '';
    return;
  }
  if (range) {
    ctx.status = 206;
    ctx.set('Content-Range', `bytes ${range.start}-${range.end}/${size}`);
    ctx.set('Content-Length', String(range.end - range.start + 1));
  }
  ctx.body = blobs.stream(sha256, range ?? undefined);
}

/** For nobody, staff included: whoever needs it takes the mail's raw source out of the ledger, knowingly (T21). */
function refuseInfected({ scan }: Attachment): void {
  if (scan === 'infected') throw new AppError('forbidden', 'A virus was found in this file: it is not given out');
}

/** Headers that let nothing in a file run or be guessed (RFC 6266, RFC 8187): the name is data, the type is fixed, the page is a sandbox. */
export function sendFile(ctx: RouterContext, file: { filename: string; contentType: string; size: number }): void {
  ctx.status = 200;
  setSafe(ctx, file);
  ctx.set('Content-Length', String(file.size));
  ctx.set('Cache-Control', 'private, no-store');
}

function setSafe(ctx: RouterContext, file: { filename: string; contentType: string }): void {
  const inline = INLINE.test(file.contentType);
  ctx.set('Content-Type', inline ? withCharset(file.contentType) : 'application/octet-stream');
  ctx.set('Content-Disposition', contentDisposition(file.filename, { type: inline ? 'inline' : 'attachment' }));
  ctx.set('Content-Security-Policy', "sandbox; default-src 'none'; frame-ancestors 'none'");
  ctx.set('Cross-Origin-Resource-Policy', 'same-origin');
}

function withCharset(type: string): string {
  return type === 'text/plain' ? 'text/plain; charset=utf-8' : type;
}
