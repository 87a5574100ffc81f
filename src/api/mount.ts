import type { IncomingMessage } from 'node:http';
import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';
import type { z } from 'zod';
import { PATHS, type RouteName } from '../contract/paths.ts';
import { ROUTES, type Routes } from '../contract/routes.ts';
import type { Route } from '../contract/route.ts';
import type { RunTransaction, Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { readAccessToken, type Bearer } from '../people/access-token.ts';
import { authenticateBearer } from '../people/authenticate-bearer.ts';
import type { Employee } from '../people/employee.ts';
import type { Secrets } from '../secrets.ts';
import type { NewFile } from '../tickets/new-comment.ts';
import { readBytes, readJson } from './read-body.ts';
import { readUpload } from './uploads.ts';

/** What every route needs. */
export interface MountDeps {
  transaction: RunTransaction;
  secrets: Secrets;
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

type Answer<N extends RouteName> = z.input<Routes[N]['response']>;

/** Binds a handler to an operation that needs sign-in; it runs in one transaction with its actor. */
export function mount<N extends RouteName>(
  router: Router,
  deps: MountDeps,
  name: N,
  handler: (call: Call<N> & { tx: Transaction; actor: Employee }) => Promise<Answer<N>>,
): void {
  register(router, name, async (ctx) => {
    const bearer = bearerOf(ctx, deps.secrets);
    if (ROUTES[name].takes === 'multipart') await deps.transaction((tx) => actorOf(tx, name, bearer)); // nobody uploads before sign-in
    const call = await parseCall(ctx, name, deps);
    return deps.transaction(async (tx) => handler({ ...call, tx, actor: await actorOf(tx, name, bearer) }));
  });
}

/** Binds a handler to an operation that anyone may call; it begins its own transactions. */
export function mountOpen<N extends RouteName>(
  router: Router,
  deps: MountDeps,
  name: N,
  handler: (call: Call<N>) => Promise<Answer<N>>,
): void {
  if (ROUTES[name].access !== 'anyone') throw new Error(`${name} needs sign-in: use mount`);
  register(router, name, async (ctx) => handler(await parseCall(ctx, name, deps)));
}

function register<N extends RouteName>(
  router: Router,
  name: N,
  answer: (ctx: RouterContext) => Promise<unknown>,
): void {
  const [method, path] = PATHS[name];
  const route: Route = ROUTES[name];
  router.register(path, [method], async (ctx: RouterContext) => {
    const value = await answer(ctx);
    if (route.gives === 'stream') return; // the handler has set type, headers and body
    ctx.body = route.response.parse(value);
    ctx.status = route.status;
  });
}

function bearerOf(ctx: RouterContext, secrets: Secrets): Bearer {
  const [, token = ''] = /^Bearer +([\w.~+/-]+=*) *$/i.exec(ctx.get('authorization')) ?? [];
  const bearer = token ? readAccessToken(secrets.accessTokens, token, Math.floor(Date.now() / 1000)) : null;
  if (!bearer) throw new AppError('authentication_required', 'Authentication required');
  return bearer;
}

async function actorOf(tx: Transaction, name: RouteName, bearer: Bearer): Promise<Employee> {
  const actor = await authenticateBearer(tx, bearer);
  if (!actor) throw new AppError('authentication_required', 'Authentication required');
  const { access }: Route = ROUTES[name];
  if (access !== 'anyone' && !access.includes(actor.role)) throw new AppError('forbidden', 'Insufficient permissions');
  return actor;
}

async function parseCall<N extends RouteName>(ctx: RouterContext, name: N, deps: MountDeps): Promise<Call<N>> {
  const route: Route = ROUTES[name];
  const params = parse(route.params, { ...(ctx['params'] as object) }, 'not_found');
  const query = parse(route.query, { ...ctx.query });
  const { body, files } = PATHS[name][0] === 'GET' ? { body: {}, files: [] } : await readInput(ctx.req, route, deps);
  return { params, query, body: route.takes === 'raw' ? body : parse(route.body, body), files, ctx } as Call<N>;
}

async function readInput(
  request: IncomingMessage,
  route: Route,
  deps: MountDeps,
): Promise<{ body: unknown; files: NewFile[] }> {
  if (route.takes === 'raw') return { body: await readBytes(request, deps.maxMessageBytes), files: [] };
  const multipart = /^multipart\/form-data\b/i.test(request.headers['content-type'] ?? '');
  if (route.takes !== 'multipart' || !multipart) return { body: await readJson(request), files: [] };
  const { fields, files } = await readUpload(request, deps.blobs);
  return { body: { ...fields }, files };
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
