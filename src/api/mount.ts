import type { IncomingMessage } from 'node:http';
import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';
import type { z } from 'zod';
import { PATHS, type RouteName } from '../contract/paths.ts';
import { ROUTES, type Routes } from '../contract/routes.ts';
import { LIMITS, type LimitName } from '../contract/limits.ts';
import { limitsOf, takesVersion, type Route } from '../contract/route.ts';
import type { RunTransaction, Transaction } from '../db/transaction.ts';
import { AppError, fieldError } from '../errors.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { authenticate, readClaim, type Claim, type Principal } from '../people/authenticate.ts';
import type { Employee } from '../people/employee.ts';
import { noteDeadKey } from '../people/note-dead-key.ts';
import { isRecent, type Session } from '../people/session.ts';
import type { Secrets } from '../secrets.ts';
import { readSettings } from '../settings/read-settings.ts';
import type { NewFile } from '../tickets/new-comment.ts';
import { readVersion, sendReply } from './conditional.ts';
import { once, readKey, type Answer as JsonAnswer, type Reply } from './idempotency.ts';
import { readBytes, readJson } from './read-body.ts';
import { readSmallFile } from './read-small-file.ts';
import { admit, limitEntry, LimitReached, type Asking, type LimitDeps } from './request-limits.ts';
import { readUpload, uploadLimits, type UploadLimits } from './uploads.ts';

/** What every route needs. */
export interface MountDeps extends LimitDeps {
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
    const key = readKey(ctx, name);
    const transaction = inRequest(ctx, deps.transaction);
    const { takes } = ROUTES[name] as Route;
    const asking: Asking = { route: name };
    const enter = async (tx: Transaction) => {
      const principal = await principalOf(tx, name, claim);
      asking.user = principal.actor.id;
      return { principal, admitted: await admit(deps, ctx, limitsOf(ROUTES[name]), asking) };
    };
    try {
      // Nobody uploads before sign-in, nor beyond the limit.
      const before =
        takes === 'json'
          ? null
          : await transaction(async (tx) => ({ ...(await enter(tx)), limits: uploadLimits(await readSettings(tx)) }));
      const call = await parseCall(ctx, name, deps, before?.limits ?? null);
      const done = await transaction(async (tx) => {
        const { principal, admitted } = before
          ? { ...before, principal: await principalOf(tx, name, claim) }
          : await enter(tx);
        const work = async () => written(name, await handler({ ...call, ...principal, tx: withKey(tx, principal) }));
        return { reply: await once(tx, { name, key, actor: principal.actor, call }, work), admitted };
      });
      await done.admitted.succeeded();
      return done.reply;
    } catch (error) {
      if (isRefusal(error)) await transaction((tx) => auditRefusal(tx, name, claim, error));
      if (isUnknown(error) && claim.kind === 'key') await transaction((tx) => noteDeadKey(tx, claim.hash));
      if (error instanceof LimitReached) await auditLimit(deps, ctx, error, asking);
      throw error;
    }
  });
}

/** After what it was refused in: that has been rolled back. */
async function auditLimit(deps: MountDeps, ctx: RouterContext, error: LimitReached, asking: Asking): Promise<void> {
  if (!error.fresh) return;
  await inRequest(ctx, deps.transaction)((tx) => Promise.resolve(tx.audit(limitEntry(deps, ctx, error, asking))));
}

/** Who calls, in their session: for operations that no API key may call, because they are about the session itself. */
export function inSession({ actor, session }: Principal): { actor: Employee; session: Session } {
  if (!session) throw new AppError('forbidden', 'This needs a person, not an API key');
  return { actor, session };
}

/** What a transaction of this request writes into the audit log names the request. */
export function inRequest(ctx: RouterContext, transaction: RunTransaction): RunTransaction {
  const requestId = String(ctx.state['requestId'] ?? '');
  return (work) => transaction((tx) => work({ ...tx, audit: (entry) => tx.audit({ requestId, ...entry }) }));
}

/** What is done by an API key is audited with the key, beside the person it acts as. */
function withKey(tx: Transaction, { keyId }: Principal): Transaction {
  if (keyId === null) return tx;
  return { ...tx, audit: (entry) => tx.audit({ ...entry, data: { ...entry.data, api_key: keyId } }) };
}

function isRefusal(error: unknown): error is AppError {
  return error instanceof AppError && error.status === 403;
}

function isUnknown(error: unknown): boolean {
  return error instanceof AppError && error.code === 'authentication_required';
}

async function auditRefusal(tx: Transaction, name: RouteName, claim: Claim, { code }: AppError): Promise<void> {
  const principal = await authenticate(tx, claim);
  const { audit } = principal ? withKey(tx, principal) : tx;
  audit({
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
  handler: (call: Call<N> & { transaction: RunTransaction }) => Promise<Answer<N>>,
): void {
  if (ROUTES[name].access !== 'anyone') throw new Error(`${name} needs sign-in: use mount`);
  const { takes, limits }: Route = ROUTES[name];
  // A large body is read only from whom the limits that need none of it let through.
  const early = takes === 'json' ? [] : limits.filter((limit) => !needsAddress(limit));
  const late = limits.filter((limit) => !early.includes(limit));
  register(router, name, async (ctx) => {
    readKey(ctx, name);
    const asking: Asking = { route: name };
    try {
      await admit(deps, ctx, early, asking);
      const call = await parseCall(ctx, name, deps);
      Object.assign(asking, addressOf(call.body));
      const admitted = await admit(deps, ctx, late, asking);
      const answer = await handler({ ...call, transaction: inRequest(ctx, deps.transaction) }).catch(
        async (error: unknown) => {
          // The password was right.
          if (error instanceof AppError && error.code === 'second_factor_required') await admitted.succeeded();
          throw error;
        },
      );
      await admitted.succeeded();
      return { ...written(name, answer), replayed: false };
    } catch (error) {
      if (error instanceof LimitReached) await auditLimit(deps, ctx, error, asking);
      throw error;
    }
  });
}

const needsAddress = (limit: LimitName) => LIMITS[limit].by === 'address' || LIMITS[limit].by === 'address and ip';

/** The mail address that a request is about, as its body names it. */
function addressOf(body: unknown): { address?: string } {
  const { email } = (body ?? {}) as { email?: unknown };
  return typeof email === 'string' ? { address: email } : {};
}

function register<N extends RouteName>(router: Router, name: N, answer: (ctx: RouterContext) => Promise<Reply>): void {
  const [method, path] = PATHS[name];
  const { gives, status }: Route = ROUTES[name];
  router.register(path, [method], async (ctx: RouterContext) => {
    const reply = await answer(ctx);
    if (gives !== 'stream') sendReply(ctx, status, reply); // else the handler has set type, headers and body
  });
}

/** Within the transaction: an answer that is not what the contract says is a bug, and leaves nothing behind. */
function written(name: RouteName, answer: unknown): JsonAnswer {
  const { gives, response }: Route = ROUTES[name];
  if (gives === 'stream') return { json: '', version: null };
  const value: unknown = response.parse(answer);
  const { version } = (value ?? {}) as { version?: unknown };
  return { json: JSON.stringify(value), version: typeof version === 'number' ? version : null };
}

const signInFirst = () => new AppError('authentication_required', 'Authentication required');

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
  if (recent && session) refuseOldSignIn(session, tx.now);
  return principal;
}

/** For operations of which only some uses need a sign-in of the last quarter of an hour. */
export function refuseOldSignIn(session: Session, now: Date): void {
  if (!isRecent(session, now))
    throw new AppError('reauthentication_required', 'Confirm that it is you: your sign-in is older than 15 minutes');
}

async function parseCall<N extends RouteName>(
  ctx: RouterContext,
  name: N,
  deps: MountDeps,
  limits: UploadLimits | null = null,
): Promise<Call<N>> {
  const route: Route = ROUTES[name];
  const params = parse(route.params, { ...(ctx['params'] as object) }, 'not_found');
  const query = parse(route.query, readQuery(ctx));
  if (PATHS[name][0] === 'GET') return { params, query, body: {}, files: [], ctx } as unknown as Call<N>;
  const version = readVersion(ctx, takesVersion(route));
  const { body, files } = await readInput(ctx.req, route, deps, limits);
  const read = route.takes === 'raw' ? body : parse(route.body, version === null ? body : withVersion(body, version));
  return { params, query, body: read, files, ctx } as Call<N>;
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
  deps: MountDeps,
  limits: UploadLimits | null,
): Promise<{ body: unknown; files: NewFile[] }> {
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
