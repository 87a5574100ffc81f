import { randomInt } from 'node:crypto';
import { forgetAccessToken, type GmailAuth } from './gmail-auth.ts';
import { readFailure, unavailable } from './gmail-errors.ts';
import { quotaBucket, type GmailOperation, type Spend } from './gmail-quota.ts';
import { SourceUnavailable } from './unavailable.ts';

export interface GmailCallOptions {
  auth: GmailAuth;
  now?: () => Date;
  random?: () => number;
  spend?: Spend;
  /** Stores what came with an answer, such as a new refresh token, before the answer is used. */
  keep?: () => Promise<void>;
}

/** One request within the quota; null: what was asked for does not exist. Throws `SourceUnavailable`, or our own mistake as it came. */
export type GmailCall = <T>(operation: GmailOperation, send: () => Promise<T>) => Promise<T | null>;

/** Milliseconds of the first and the longest wait after a failure, with full jitter. */
const BACKOFF = { first: 1000, most: 64_000 };

/** Asks Gmail one thing after the other. A failure that concerns the whole account pauses it. */
export function gmailCalls(options: GmailCallOptions): GmailCall {
  const { auth, now = () => new Date(), random = () => randomInt(1_000_000) / 1_000_000 } = options;
  const spend = options.spend ?? quotaBucket();
  let failures = 0;
  let pausedUntil: Date | null = null;

  return async (operation, send) => {
    if (pausedUntil && pausedUntil > now())
      throw new SourceUnavailable('unreachable', 'Gmail asked for a pause', pausedUntil);
    await spend(operation);
    let answer;
    try {
      answer = await withFreshToken(auth, send);
    } catch (error) {
      const failure = readFailure(error);
      if (failure?.kind === 'missing') return null;
      if (!failure) throw error;
      if (failure.kind !== 'retry') throw unavailable(failure.kind, failure.words, now(), error);
      const wait = failure.after ?? random() * Math.min(BACKOFF.most, BACKOFF.first * 2 ** failures++);
      pausedUntil = new Date(now().getTime() + wait);
      const words = `Gmail could not be asked (${operation}): ${(error as Error).message}`;
      throw new SourceUnavailable('unreachable', words, pausedUntil, { cause: error });
    }
    failures = 0;
    pausedUntil = null;
    await options.keep?.();
    return answer;
  };
}

/** Google may end an access token early: a 401 is worth one more try with a new one. */
async function withFreshToken<T>(auth: GmailAuth, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if ((error as { status?: number }).status !== 401) throw error;
    forgetAccessToken(auth);
    return send();
  }
}
