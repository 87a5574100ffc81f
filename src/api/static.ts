import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import type { Context, Next } from 'koa';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webmanifest': 'application/manifest+json',
};

/**
 * The built portal: a fixed table of files read at the start, so that no path of a request ever reaches the file system. Hashed names are
 * kept for a year; every other address is the portal's own and gets its page.
 */
export async function portal(dir: string) {
  const files = new Map((await list(dir)).map((path) => [`/${relative(dir, path).split(sep).join('/')}`, path]));
  const page = await readFile(join(dir, 'index.html')).catch(() => null);

  return async (ctx: Context, next: Next): Promise<void> => {
    await next();
    if (
      ctx.status !== 404 ||
      ctx.body ||
      !['GET', 'HEAD'].includes(ctx.method) ||
      /^\/(api|frame|attach)(\/|$)/.test(ctx.path)
    )
      return;
    const path = files.get(ctx.path);
    if (path && ctx.path !== '/index.html') return sendAsset(ctx, path);
    if (ctx.path.startsWith('/assets/')) return;
    ctx.status = page ? 200 : 503;
    ctx.type = 'text/html; charset=utf-8';
    ctx.set('Cache-Control', 'no-cache');
    ctx.body =
      page ?? '<!doctype html><title>SmartSupport</title><p>The portal has not been built. Run <code>npm start</code>.';
  };
}

async function sendAsset(ctx: Context, path: string): Promise<void> {
  const { size } = await stat(path);
  ctx.status = 200;
  ctx.set('Content-Type', TYPES[extname(path)] ?? 'application/octet-stream');
  ctx.set('Content-Length', String(size));
  ctx.set('Cache-Control', ctx.path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
  ctx.body = createReadStream(path);
}

async function list(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
