import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';
import type { z } from 'zod';
import { PATHS, type RouteName } from '../contract/paths.ts';
import { ROUTES, type Routes } from '../contract/routes.ts';
import { LIMITS, type LimitName } from '../contract/limits.ts';
import { limitsOf, type Route } from '../contract/route.ts';
import type { RunTransaction, Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { authenticate, readClaim, type Claim, type Principal } from '../people/authenticate.ts';
import { noteDeadKey } from '../people/note-dead-key.ts';
import type { Secrets } from '../secrets.ts';
import { readSettings } from '../settings/read-settings.ts';
import { admitPrincipal, signInFirst } from './admit-principal.ts';
import { sendReply } from './conditional.ts';
import { once, readKey, type Answer as JsonAnswer, type Reply } from './idempotency.ts';
import { isLive, type LiveAnswers } from './live/live-answers.ts';
import { parseInput, readCall, type Call, type ReadDeps } from './read-call.ts';
import { admit, limitEntry, LimitReached, type Asking, type LimitDeps } from './request-limits.ts';
import { uploadLimits } from './uploads.ts';

/** What every route needs. */
export interface MountDeps extends LimitDeps, ReadDeps {
  transaction: RunTransaction;
  secrets: Secrets;
  /** Where the operations that can be watched leave how they are answered. */
  live: LiveAnswers;
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
  if (isLive(name))
    deps.live.set(name, async (claim, input) => {
      const call = parseInput(name, input);
      return deps.transaction(async (tx) => {
        const principal = await admitPrincipal(tx, name, claim);
        return written(name, await handler({ ...(call as Call<N>), ...principal, tx })).json;
      });
    });
  register(router, name, async (ctx) => {
    const claim = readClaim(deps.secrets.accessTokens, ctx.get('authorization'));
    if (!claim) throw signInFirst();
    const key = readKey(ctx, name);
    const transaction = inRequest(ctx, deps.transaction);
    const { takes } = ROUTES[name] as Route;
    const asking: Asking = { route: name };
    const enter = async (tx: Transaction) => {
      const principal = await admitPrincipal(tx, name, claim);
      asking.user = principal.actor.id;
      return { principal, admitted: await admit(deps, ctx, limitsOf(ROUTES[name]), asking) };
    };
    try {
      // Nobody uploads before sign-in, nor beyond the limit.
      const before =
        takes === 'json'
          ? null
          : await transaction(async (tx) => ({ ...(await enter(tx)), limits: uploadLimits(await readSettings(tx)) }));
      const call = await readCall(ctx, name, deps, before?.limits ?? null);
      const done = await transaction(async (tx) => {
        const { principal, admitted } = before
          ? { ...before, principal: await admitPrincipal(tx, name, claim) }
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
      const before = await admit(deps, ctx, early, asking);
      const call = await readCall(ctx, name, deps);
      Object.assign(asking, addressOf(call.body));
      const admitted = await admit(deps, ctx, late, asking);
      const answer = await handler({ ...call, transaction: inRequest(ctx, deps.transaction) }).catch(
        async (error: unknown) => {
          // The password was right.
          if (error instanceof AppError && error.code === 'second_factor_required') await admitted.succeeded();
          throw error;
        },
      );
      await before.succeeded();
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
