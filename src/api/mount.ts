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
import { authenticate, readClaim, type Claim, type Principal } from '../people/authenticate.ts';
import type { Secrets } from '../secrets.ts';
import { readSettings } from '../settings/read-settings.ts';
import type { NewFile } from '../tickets/new-comment.ts';
import { readBytes, readJson } from './read-body.ts';
import { readUpload, uploadLimits, type UploadLimits } from './uploads.ts';

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

/** What a handler answers, before the contract has checked it. */
export type Answer<N extends RouteName> = z.input<Routes[N]['response']>;

/** Binds a handler to an operation that needs sign-in; it runs in one transaction with its actor. */
export function mount<N extends RouteName>(
  router: Router,
  deps: MountDeps,
  name: N,
  handler: (call: Call<N> & Principal & { tx: Transaction }) => Promise<Answer<N>>,
): void {
  register(router, name, async (ctx) => {
    const claim = readClaim(deps.secrets.accessTokens, ctx.get('authorization'));
    if (!claim) throw signInFirst();
    const transaction = inRequest(ctx, deps.transaction);
    const { takes } = ROUTES[name] as Route;
    try {
      const limits = takes === 'json' ? null : await transaction((tx) => beforeUpload(tx, name, claim));
      const call = await parseCall(ctx, name, deps, limits);
      return await transaction(async (tx) => handler({ ...call, ...(await principalOf(tx, name, claim)), tx }));
    } catch (error) {
      if (isRefusal(error)) await transaction((tx) => auditRefusal(tx, name, claim, error));
      throw error;
    }
  });
}

/** Nobody uploads before sign-in. Gives what may be uploaded. */
async function beforeUpload(tx: Transaction, name: RouteName, claim: Claim): Promise<UploadLimits> {
  await principalOf(tx, name, claim);
  return uploadLimits(await readSettings(tx));
}

/** What a transaction of this request writes into the audit log names the request. */
function inRequest(ctx: RouterContext, transaction: RunTransaction): RunTransaction {
  const requestId = String(ctx.state['requestId'] ?? '');
  return (work) => transaction((tx) => work({ ...tx, audit: (entry) => tx.audit({ requestId, ...entry }) }));
}

function isRefusal(error: unknown): error is AppError {
  return error instanceof AppError && error.status === 403;
}

async function auditRefusal(tx: Transaction, name: RouteName, claim: Claim, { code }: AppError): Promise<void> {
  const principal = await authenticate(tx, claim);
  tx.audit({
    action: 'request.refused',
    actorId: principal?.actor.id ?? null,
    outcome: 'refused',
    data: { route: name, code },
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

const signInFirst = () => new AppError('authentication_required', 'Authentication required');

/** Milliseconds in which a sign-in is recent. */
const RECENT = 15 * 60_000;

/** Who calls, if they may call this operation at all. What they see and change of an object is decided where it is read. */
async function principalOf(tx: Transaction, name: RouteName, claim: Claim): Promise<Principal> {
  const principal = await authenticate(tx, claim);
  if (!principal) throw signInFirst();
  const { access, scope, recent, enrolment }: Route = ROUTES[name];
  const { actor, session, scopes } = principal;
  if (access !== 'anyone' && !access.includes(actor.role)) throw new AppError('forbidden', 'Insufficient permissions');
  if (scopes && (!scope || !scopes.includes(scope)))
    throw new AppError(
      'forbidden',
      scope ? `The API key needs the scope ${scope}` : 'This needs a person, not an API key',
    );
  if (session?.enrolOnly && !enrolment) throw new AppError('enrolment_required', 'Set up a second factor first');
  if (recent && session && tx.now.getTime() - session.authenticatedAt.getTime() > RECENT)
    throw new AppError('reauthentication_required', 'Confirm that it is you: your sign-in is older than 15 minutes');
  return principal;
}

async function parseCall<N extends RouteName>(
  ctx: RouterContext,
  name: N,
  deps: MountDeps,
  limits: UploadLimits | null = null,
): Promise<Call<N>> {
  const route: Route = ROUTES[name];
  const params = parse(route.params, { ...(ctx['params'] as object) }, 'not_found');
  const query = parse(route.query, { ...ctx.query });
  const { body, files } =
    PATHS[name][0] === 'GET' ? { body: {}, files: [] } : await readInput(ctx.req, route, deps, limits);
  return { params, query, body: route.takes === 'raw' ? body : parse(route.body, body), files, ctx } as Call<N>;
}

async function readInput(
  request: IncomingMessage,
  route: Route,
  deps: MountDeps,
  limits: UploadLimits | null,
): Promise<{ body: unknown; files: NewFile[] }> {
  if (route.takes === 'raw') return { body: await readBytes(request, deps.maxMessageBytes), files: [] };
  const multipart = /^multipart\/form-data\b/i.test(request.headers['content-type'] ?? '');
  if (route.takes !== 'multipart' || !multipart || !limits) return { body: await readJson(request), files: [] };
  const { fields, files } = await readUpload(request, deps.blobs, limits);
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
