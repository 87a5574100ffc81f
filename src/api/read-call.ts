import type { IncomingMessage } from 'node:http';
import type { RouterContext } from '@koa/router';
import type { z } from 'zod';
import { PATHS, type RouteName } from '../contract/paths.ts';
import { takesVersion, type Route } from '../contract/route.ts';
import { ROUTES, type Routes } from '../contract/routes.ts';
import { AppError, fieldError } from '../errors.ts';
import type { BlobStore } from '../files/blob-store.ts';
import type { NewFile } from '../tickets/new-comment.ts';
import { readVersion } from './conditional.ts';
import { readBytes, readJson } from './read-body.ts';
import { readSmallFile } from './read-small-file.ts';
import { readUpload, type UploadLimits } from './uploads.ts';

/** What reading a body needs: where files go, and the bytes of the largest message. */
export interface ReadDeps {
  blobs: BlobStore;
  maxMessageBytes: number;
}

/** A request after the edge: parsed, and nothing else of HTTP but what a handler sets on `ctx`. */
export interface Call<N extends RouteName> {
  params: z.output<Routes[N]['params']>;
  query: z.output<Routes[N]['query']>;
  body: z.output<Routes[N]['body']>;
  files: readonly NewFile[];
  ctx: RouterContext;
}

/** Reads and checks a request as its contract says. Files are taken only where `limits` are given. */
export async function readCall<N extends RouteName>(
  ctx: RouterContext,
  name: N,
  deps: ReadDeps,
  limits: UploadLimits | null = null,
): Promise<Call<N>> {
  const route: Route = ROUTES[name];
  const { params, query } = parseInput(name, { params: { ...(ctx['params'] as object) }, query: readQuery(ctx) });
  if (PATHS[name][0] === 'GET') return { params, query, body: {}, files: [], ctx } as unknown as Call<N>;
  const version = readVersion(ctx, takesVersion(route));
  const { body, files } = await readInput(ctx.req, route, deps, limits);
  const read = route.takes === 'raw' ? body : parse(route.body, version === null ? body : withVersion(body, version));
  return { params, query, body: read, files, ctx } as Call<N>;
}

/** Checks what an address says. */
export function parseInput<N extends RouteName>(
  name: N,
  given: { params: object; query: object },
): Pick<Call<N>, 'params' | 'query'> {
  const route: Route = ROUTES[name];
  const params = parse(route.params, given.params, 'not_found');
  const query = parse(route.query, given.query);
  return { params, query } as Pick<Call<N>, 'params' | 'query'>;
}

/** A parameter that is given twice has two meanings, and each reader takes another (V33). */
function readQuery(ctx: RouterContext): object {
  const twice = Object.entries(ctx.query).filter(([, value]) => Array.isArray(value));
  if (twice.length === 0) return { ...ctx.query };
  const wrong = twice.map(([name]) => [name, ['is given twice']] as const);
  throw new AppError('validation_failed', 'Field validation failed', Object.fromEntries(wrong));
}

/** If-Match is another way to say `version`. */
function withVersion(body: unknown, version: number): unknown {
  if (typeof body !== 'object' || body === null) return body;
  const { version: given } = body as { version?: unknown };
  if (given !== undefined && Number(given) !== version) throw fieldError('version', 'is another one than in If-Match');
  return { ...body, version };
}

async function readInput(
  request: IncomingMessage,
  route: Route,
  deps: ReadDeps,
  limits: UploadLimits | null,
): Promise<{ body: unknown; files: NewFile[] }> {
  if (route.streamed) return { body: undefined, files: [] };
  if (route.takes === 'raw') return { body: await readRaw(request, route, deps.maxMessageBytes), files: [] };
  const multipart = /^multipart\/form-data\b/i.test(request.headers['content-type'] ?? '');
  if (route.file && multipart) return { body: await readSmallFile(request, route.file), files: [] };
  if (route.takes !== 'multipart' || !multipart || !limits) return { body: await readJson(request), files: [] };
  const { fields, files } = await readUpload(request, deps.blobs, limits);
  return { body: { ...fields }, files };
}

/** Bytes of a type that the route names, or a message of any type. */
async function readRaw(request: IncomingMessage, { raw }: Route, messageBytes: number): Promise<Buffer> {
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  if (raw && !raw.types.includes(type.trim().toLowerCase()))
    throw new AppError('unsupported_media_type', `Send ${raw.types.join(' or ')}`);
  return readBytes(request, raw?.bytes ?? messageBytes);
}

/** A body that a handler reads by itself, as its signature is about the bytes; 400 with the wrong fields. */
export function parseBody<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  return parse(schema, value) as z.output<T>;
}

/** 400 with the wrong fields; a path parameter that cannot be an id names nothing: 404. */
function parse(
  schema: z.ZodType,
  value: unknown,
  failure: 'validation_failed' | 'not_found' = 'validation_failed',
): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  if (failure === 'not_found') throw new AppError('not_found', 'Resource not found');
  const wrong = new Map<string, string[]>(); // a map: the client chooses the names (T39)
  for (const issue of result.error.issues) {
    const unknown = issue.code === 'unrecognized_keys';
    for (const name of unknown ? issue.keys : [issue.path.join('.') || 'body'])
      wrong.set(name, [...(wrong.get(name) ?? []), unknown ? 'is not a known field' : issue.message]);
  }
  throw new AppError('validation_failed', 'Field validation failed', Object.fromEntries(wrong));
}
