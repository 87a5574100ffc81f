import pg from 'pg';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '../errors.ts';
import type { Log } from '../log.ts';

/** So many tries in a window of so many seconds, which begins with the first one. */
export interface Window {
  most: number;
  seconds: number;
}

/** What a try found. */
export interface Tried {
  allowed: boolean;
  left: number;
  /** Milliseconds until all tries are back. */
  resetsIn: number;
  /** Counted in the database; false: refused out of memory. */
  fresh: boolean;
}

/** Counters that all processes share. Each rejects with `unavailable` while the database is away: a limit never opens by itself. */
export interface Limiter<Name extends string> {
  /** Counts one try. */
  count(name: Name, key: string): Promise<Tried>;
  /** Takes one try back, as if it had not been. */
  giveBack(name: Name, key: string): Promise<void>;
  /** Begins anew. */
  forget(name: Name, key: string): Promise<void>;
  close(): Promise<void>;
}

const POOL = 4;
/** Milliseconds to wait for a connection, and for an answer. */
const PATIENCE = 10_000;

/**
 * Counts in the table `rate_limit`. A key that is over its limit is refused out of memory until its window ends, so that a flood costs the
 * database nothing. Connections of its own that do not wait for the disk: the last moment's counts may be lost by a power cut, no more.
 */
export function createLimiter<Name extends string>(
  url: string,
  windows: Readonly<Record<Name, Window>>,
  log: Pick<Log, 'warn'>,
): Limiter<Name> {
  const pool = new pg.Pool({
    connectionString: url,
    max: POOL,
    connectionTimeoutMillis: PATIENCE,
    query_timeout: PATIENCE,
    keepAlive: true,
    options: '-c synchronous_commit=off',
  });
  pool.on('error', (error) => log.warn({ err: error }, 'limits: a connection ended'));
  const limiters = new Map(
    (Object.entries(windows) as [Name, Window][]).map(([name, { most, seconds }], at) => [
      name,
      new RateLimiterPostgres({
        storeClient: pool,
        tableName: 'rate_limit',
        tableCreated: true,
        keyPrefix: name,
        points: most,
        duration: seconds,
        inMemoryBlockOnConsumed: most + 1,
        // One of them removes what has run out, for all.
        clearExpiredByTimeout: at === 0,
      }),
    ]),
  );
  const of = (name: Name): RateLimiterPostgres => {
    const limiter = limiters.get(name);
    if (!limiter) throw new Error(`There is no limit "${name}"`);
    return limiter;
  };

  return {
    count: async (name, key) =>
      of(name)
        .consume(key)
        .then(
          (result) => tried(true, result),
          (refusal: unknown) => (refusal instanceof RateLimiterRes ? tried(false, refusal) : away(refusal)),
        ),
    giveBack: async (name, key) => void (await of(name).reward(key).catch(away)),
    forget: async (name, key) => void (await of(name).delete(key).catch(away)),
    close: () => pool.end(),
  };
}

const tried = (allowed: boolean, { remainingPoints, msBeforeNext, consumedPoints }: RateLimiterRes): Tried => ({
  allowed,
  left: remainingPoints,
  resetsIn: msBeforeNext,
  fresh: consumedPoints > 0,
});

function away(cause: unknown): never {
  throw new AppError('unavailable', 'The desk is not available right now. Nothing is lost.', {}, { cause });
}
