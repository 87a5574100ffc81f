import { fail, ok, warn, type Finding } from './finding.ts';
import type { OauthConfig } from './oauth/grant.ts';

/** What a token endpoint said beside the token. */
export interface TokenFacts {
  kind: OauthConfig['grant'];
  /** null: it does not say. */
  scopes: readonly string[] | null;
  /** When the refresh token ends; null: it does not say. */
  refreshEndsAt: Date | null;
  /** How far its clock is before ours, in milliseconds; null: it does not say. */
  clockAhead: number | null;
}

const DAY = 24 * 3_600_000;
/** Google's refresh tokens last so long while the consent screen is in testing. */
const TESTING = 7 * DAY;
/** Clocks that differ by more: tokens and certificates begin to be refused, and then they are. */
const CLOCK = { warn: 30_000, fail: 5 * 60_000 };

/** How long the refresh token of a consent is good for. */
export function judgeRefreshToken({ refreshEndsAt }: Pick<TokenFacts, 'refreshEndsAt'>, now: Date): Finding {
  if (!refreshEndsAt)
    return ok(
      'token',
      'refresh token of a consent; the provider names no end of it (Google ends it after 7 days while the app is in testing)',
    );
  const left = refreshEndsAt.getTime() - now.getTime();
  const end = `ends ${refreshEndsAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  if (left > TESTING + DAY) return ok('token', `refresh token of a consent; it ${end}`);
  return warn(
    'token',
    `refresh token of a consent; it ${end}: Google's tokens last 7 days while the app is in testing`,
    'Set the OAuth consent screen to "In production" (Google Auth Platform, Audience) and give consent again',
  );
}

/** What is known of the right by which tokens are given. */
export function judgeGrant(facts: TokenFacts, now: Date): Finding {
  if (facts.kind === 'consent') return judgeRefreshToken(facts, now);
  const whose = facts.kind === 'service-account' ? 'a service account' : 'the app itself';
  return ok('token', `given to ${whose}; it needs no consent`);
}

/** Our clock against a server's. */
export function judgeClock(clockAhead: number | null): Finding[] {
  if (clockAhead === null) return [];
  const seconds = Math.round(Math.abs(clockAhead) / 1000);
  const off = Math.abs(clockAhead);
  if (off <= CLOCK.warn) return [ok('clock', `within ${Math.max(1, seconds)} s of the server's`)];
  const text = `${seconds} s ${clockAhead > 0 ? 'behind' : 'ahead of'} the server's`;
  return [(off > CLOCK.fail ? fail : warn)('clock', text, 'Set this machine’s clock (timedatectl set-ntp true)')];
}

/** Milliseconds that the clock of a server is ahead, by the Date of its answer (RFC 9110 §6.6.1: to the second). */
export function clockAheadOf(headers: { get(name: string): string | null } | undefined, now: number): number | null {
  const at = Date.parse(headers?.get('date') ?? '');
  return Number.isNaN(at) ? null : at + 500 - now;
}
