import type { BlockList } from 'node:net';
import type { RouterContext } from '@koa/router';
import { LIMITS, type Counted, type Limit, type LimitName } from '../contract/limits.ts';
import type { RouteName } from '../contract/paths.ts';
import type { AuditEntry } from '../db/audit-chain.ts';
import type { Limiter, Tried } from '../db/limiter.ts';
import { AppError } from '../errors.ts';
import { fingerprint } from '../secrets.ts';
import { clientAddress } from './client-address.ts';

export interface LimitDeps {
  limiter: Limiter<LimitName>;
  /** Proxies whose X-Forwarded-For is believed. */
  proxies: BlockList;
  /** Multiplies every limit; 1 in earnest. */
  limitFactor: number;
  secrets: { fingerprint: Buffer };
}

/** Who asks, as far as the limits of a route need it. */
export interface Asking {
  route: RouteName;
  user?: number;
  /** The mail address that the request names. */
  address?: string;
}

/** A limit that was reached. `fresh`: found in the database; afterwards it is refused out of memory, which is not written down again. */
export class LimitReached extends AppError {
  readonly limit: LimitName;
  readonly fresh: boolean;
  constructor(limit: LimitName, { resetsIn, fresh }: Tried) {
    const wait = seconds(resetsIn);
    super('rate_limited', `Too many requests: try again in ${wait} seconds`, { retry_after: wait });
    this.limit = limit;
    this.fresh = fresh;
  }
}

/** A request that was counted. */
export interface Admitted {
  /** It was no wrong guess: the limits on failures begin anew or take it back. */
  succeeded(): Promise<void>;
}

/**
 * Counts a request against limits, in their order, and says so in the headers of the answer. `rate_limited` at the first that is reached; those
 * counted before it take it back, so that one person who is out of tries costs nobody else any.
 */
export async function admit(
  deps: LimitDeps,
  ctx: RouterContext,
  names: readonly LimitName[],
  asking: Asking,
): Promise<Admitted> {
  const keys = names.map((name) => ({ name, key: keyOf(deps, ctx, LIMITS[name].by, asking) }));
  const counted: { name: LimitName; key: string; found: Tried }[] = [];
  for (const { name, key } of keys) {
    const found = await deps.limiter.count(name, key);
    if (!found.allowed) {
      for (const before of counted) await deps.limiter.giveBack(before.name, before.key);
      sayLimits(ctx, deps, [{ name, found }]);
      throw new LimitReached(name, found);
    }
    counted.push({ name, key, found });
  }
  sayLimits(ctx, deps, counted);
  return {
    async succeeded() {
      for (const { name, key } of counted) await forgive(deps.limiter, name, key);
    },
  };
}

async function forgive(limiter: LimitDeps['limiter'], name: LimitName, key: string): Promise<void> {
  const { failures, by }: Limit = LIMITS[name];
  if (!failures) return;
  // Others share an address of the network: only their own tries are theirs to take back.
  await (by === 'ip' || by === 'everybody' ? limiter.giveBack(name, key) : limiter.forget(name, key));
}

/** Neither addresses nor names are kept, only what they make with a key. */
function keyOf({ secrets, proxies }: LimitDeps, ctx: RouterContext, by: Counted, { user, address }: Asking): string {
  const ip = () => clientAddress(ctx.req, proxies);
  const given = (value: string | number | undefined) => {
    if (value === undefined) throw new Error(`The request says no ${by} to count by`);
    return String(value).trim().toLowerCase();
  };
  switch (by) {
    case 'user':
      return given(user);
    case 'everybody':
      return 'all';
    case 'ip':
      return fingerprint(secrets.fingerprint, ip());
    case 'address':
      return fingerprint(secrets.fingerprint, given(address));
    case 'address and ip':
      return fingerprint(secrets.fingerprint, `${given(address)} ${ip()}`);
  }
}

/** RateLimit and RateLimit-Policy of draft-ietf-httpapi-ratelimit-headers-10. */
function sayLimits(
  ctx: RouterContext,
  { limitFactor }: LimitDeps,
  found: readonly { name: LimitName; found: Tried }[],
): void {
  if (found.length === 0) return;
  const policies = found.map(({ name }) => `"${name}";q=${LIMITS[name].most * limitFactor};w=${LIMITS[name].seconds}`);
  const states = found.map(({ name, found: { left, resetsIn } }) => `"${name}";r=${left};t=${seconds(resetsIn)}`);
  ctx.set('RateLimit-Policy', policies.join(', '));
  ctx.set('RateLimit', states.join(', '));
}

const seconds = (milliseconds: number) => Math.max(1, Math.ceil(milliseconds / 1000));

/** What the audit log says of a limit that was reached: not who was named, but whether it is the same one again. */
export function limitEntry(
  { secrets, proxies }: LimitDeps,
  ctx: RouterContext,
  { limit }: LimitReached,
  { route, user, address }: Asking,
): AuditEntry {
  const hash = (text: string) => fingerprint(secrets.fingerprint, text);
  return {
    action: 'limit.reached',
    actorId: user ?? null,
    outcome: 'refused',
    data: {
      ...{ limit, route, ip: hash(clientAddress(ctx.req, proxies)) },
      ...(address !== undefined && { address: hash(address.trim().toLowerCase()) }),
    },
  };
}
