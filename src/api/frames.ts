import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';
import { AppError } from '../errors.ts';
import type { Secrets } from '../secrets.ts';
import { framePath, readFrameToken, type Framed } from './frame-token.ts';
import type { RunTransaction } from '../db/transaction.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { Attachment } from '../tickets/attachment.ts';
import { Comment } from '../tickets/comment.ts';

export interface FrameDeps {
  transaction: RunTransaction;
  secrets: Secrets;
  blobs: BlobStore;
  /** Html of a mail in the local catcher; null outside local mode or when it has none. */
  localHtml: (id: number) => Promise<string | null>;
}

const IMAGE = /^image\/(png|jpeg|gif|webp)$/;

/** Nothing runs, nothing is fetched but the mail's own images, links open elsewhere without a referrer. */
const FRAME_CSP =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'none'; frame-ancestors 'self'";

/** Mail bodies as documents of their own, for sandboxed frames; their right to be read is in the path. */
export function frameRoutes(router: Router, deps: FrameDeps): void {
  router.get('/frame/:token', async (ctx: RouterContext) => {
    const framed = readFrameToken(deps.secrets.frames, String((ctx['params'] as Record<string, string>)['token']));
    if (!framed) throw new AppError('not_found', 'This frame has expired. Load the page again.');
    ctx.set('Cache-Control', 'private, no-store');
    if (framed.kind === 'image') return sendImage(ctx, deps, framed.id);
    if (framed.kind === 'preview') {
      ctx.set('Content-Security-Policy', FRAME_CSP);
      ctx.type = 'text/html; charset=utf-8';
      ctx.body = inScheme((await deps.blobs.read(framed.sha256)).toString(), framed.scheme);
      return;
    }
    const html = framed.kind === 'comment' ? await commentHtml(deps, framed.id) : await deps.localHtml(framed.id);
    if (html === null) throw new AppError('not_found', 'There is nothing to show');
    ctx.set('Content-Security-Policy', FRAME_CSP);
    ctx.type = 'text/html; charset=utf-8';
    ctx.body = page(html);
  });
}

/** A mail of ours as it looks in light or dark, whatever this browser prefers. */
function inScheme(html: string, scheme: 'light' | 'dark'): string {
  return html
    .replace('@media (prefers-color-scheme:dark)', scheme === 'dark' ? '@media all' : '@media not all')
    .replaceAll('content="light dark"', `content="${scheme}"`)
    .replace(':root{color-scheme:light dark', `:root{color-scheme:${scheme}`)
    .replace('<head>', '<head><base target="_blank"><meta name="referrer" content="no-referrer">');
}

async function commentHtml({ transaction, secrets }: FrameDeps, id: number): Promise<string | null> {
  return transaction(async (tx) => {
    const comment = await tx.em.findOne(Comment, id);
    if (!comment?.html) return null;
    const images = await tx.em.find(Attachment, { comment: id, contentId: { $ne: null } });
    const paths = new Map(
      images.map((image) => [
        image.contentId,
        framePath(secrets.frames, { kind: 'image', id: image.id } satisfies Framed),
      ]),
    );
    return comment.html.replaceAll(/\bcid:([^"'\s>]{1,300})/g, (whole, cid: string) => paths.get(decode(cid)) ?? whole);
  });
}

function decode(cid: string): string {
  try {
    return decodeURIComponent(cid);
  } catch {
    return cid;
  }
}

async function sendImage(ctx: RouterContext, { transaction, blobs }: FrameDeps, id: number): Promise<void> {
  const image = await transaction((tx) => tx.em.findOne(Attachment, id));
  if (!image || !IMAGE.test(image.contentType)) throw new AppError('not_found', 'There is no such image');
  ctx.type = image.contentType;
  ctx.set('Content-Security-Policy', "sandbox; default-src 'none'");
  ctx.set('Cross-Origin-Resource-Policy', 'cross-origin'); // the frame's origin is opaque
  ctx.body = blobs.stream(image.sha256);
}

/** The mail's own colours assume white paper; a dark page would make half of all mails unreadable. */
function page(html: string): string {
  return `<!doctype html><html><head><meta charset="utf-8"><base target="_blank"><meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light"><style>body{margin:12px;font:15px/1.5 system-ui,sans-serif;color:#1e1d1a;background:#fff;overflow-wrap:anywhere}img{max-width:100%}</style></head><body>${html}</body></html>`;
}
