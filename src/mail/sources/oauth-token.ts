import { z } from 'zod';
import { originOf } from '../../http/destinations.ts';
import { httpCall, readJson } from '../../http/http-call.ts';
import type { AccessToken } from './imap/options.ts';
import { tokenRequest, type OauthConfig, type OauthSecrets } from './oauth/grant.ts';
import { readRefusal } from './oauth/refusal.ts';
import { clockAheadOf, type TokenFacts } from './token-facts.ts';
import { SourceUnavailable } from './unavailable.ts';

const answer = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().catch(300),
  refresh_token: z.string().min(1).optional(),
  scope: z.string().optional().catch(undefined),
  /** Seconds; Google's, for tokens that do not last. */
  refresh_token_expires_in: z.coerce.number().positive().optional().catch(undefined),
});
const refusal = z.object({ error: z.string(), error_description: z.string().optional() });

/** Milliseconds before its end at which a token is no longer used, and for an answer. */
const MARGIN = 60_000;
const TIMEOUT = 15_000;
/** Bytes of an answer. */
const ANSWER = 1_000_000;

/** Access tokens of one account, and what was said of them. */
export interface OauthTokens {
  accessToken: AccessToken;
  facts: () => TokenFacts | null;
}

/**
 * Access tokens of a grant for `user`, each used until shortly before its end. `onRefreshToken` is told of a new refresh token before the access
 * token that came with it is used: whoever does not store it is locked out later.
 */
export function oauthToken(
  { config, secrets, user }: { config: OauthConfig; secrets: OauthSecrets; user: string },
  onRefreshToken: (token: string) => Promise<void> = () => Promise.resolve(),
): OauthTokens {
  let facts: TokenFacts | null = null;
  let { refreshToken } = secrets;
  let known: { token: string; until: number } | null = null;
  let asking: Promise<string> | null = null;

  async function ask(): Promise<string> {
    const body = tokenRequest(config, { ...secrets, ...(refreshToken !== undefined && { refreshToken }) }, user);
    const { given, clockAhead } = await request(config.tokenUrl, body);
    const { scope, refresh_token_expires_in: left } = given;
    const refreshEndsAt = left === undefined ? null : new Date(Date.now() + left * 1000);
    facts = { kind: config.grant, scopes: scope?.split(' ') ?? null, refreshEndsAt, clockAhead };
    if (config.grant === 'consent' && given.refresh_token && given.refresh_token !== refreshToken) {
      refreshToken = given.refresh_token;
      await onRefreshToken(refreshToken);
    }
    known = { token: given.access_token, until: Date.now() + given.expires_in * 1000 - MARGIN };
    return given.access_token;
  }

  const accessToken: AccessToken = async ({ fresh }) => {
    if (fresh) known = null;
    if (known && known.until > Date.now()) return known.token;
    asking ??= ask().finally(() => (asking = null));
    return asking;
  };
  return { accessToken, facts: () => facts };
}

async function request(tokenUrl: string, body: URLSearchParams) {
  const { host } = new URL(tokenUrl);
  const response = await httpCall({
    ...{ url: tokenUrl, allowed: originOf(tokenUrl), method: 'POST', timeout: TIMEOUT, limit: ANSWER },
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: body.toString(),
  }).catch((error: unknown) => {
    throw new SourceUnavailable('unreachable', `${host} gave no token: ${wordsOf(error)}`, null, { cause: error });
  });
  const given = readJson(response.body);
  if (response.status >= 200 && response.status < 300) {
    const token = answer.safeParse(given);
    if (token.success) return { given: token.data, clockAhead: clockAheadOf(response.headers, Date.now()) };
    throw new SourceUnavailable('unreachable', `${host} answered without a token`);
  }
  const refused = refusal.safeParse(given);
  if (!refused.success)
    throw new SourceUnavailable('unreachable', `${host} refused a token: status ${response.status}`);
  const { error, error_description: description = '' } = refused.data;
  const { trouble, advice } = readRefusal(error, description);
  const said = description ? `${error}: ${description.replace(/\s+/g, ' ').slice(0, 160)}` : error;
  throw new SourceUnavailable(trouble, `${host} refused a token (${said})${advice ? `: ${advice}` : ''}`);
}

function wordsOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
