import { z } from 'zod';
import type { AccessToken } from './imap/options.ts';
import { clockAheadOf, type TokenFacts } from './token-facts.ts';
import { SourceUnavailable } from './unavailable.ts';

/** How an account is read by OAuth 2 with a refresh token (RFC 6749 §6). */
export interface RefreshGrant {
  tokenUrl: string;
  clientId: string;
  /** null: a public client. */
  clientSecret: string | null;
  refreshToken: string;
  scope: string | null;
}

/** Token endpoints of those who are asked for most. */
export const OAUTH_PROVIDERS = {
  google: { tokenUrl: () => 'https://oauth2.googleapis.com/token', scope: null },
  microsoft: {
    tokenUrl: (tenant: string) => `https://login.microsoftonline.com/${encodeURIComponent(tenant)}/oauth2/v2.0/token`,
    scope: 'https://outlook.office.com/IMAP.AccessAsUser.All offline_access',
  },
} as const;

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
/** Answers that no new try changes: a person has to give consent, or correct the client's credentials. */
const FINAL = new Set([
  'invalid_grant',
  'invalid_client',
  'unauthorized_client',
  'invalid_scope',
  'unsupported_grant_type',
]);

/**
 * Access tokens of a refresh token, each used until shortly before its end. `onRefreshToken` is told of a new refresh token before the access token
 * that came with it is used: whoever does not store it is locked out later.
 */
export function oauthToken(
  grant: RefreshGrant,
  onRefreshToken: (token: string) => Promise<void> = () => Promise.resolve(),
): { accessToken: AccessToken; facts: () => TokenFacts | null } {
  let facts: TokenFacts | null = null;
  let refreshToken = grant.refreshToken;
  let known: { token: string; until: number } | null = null;
  let asking: Promise<string> | null = null;

  async function ask(): Promise<string> {
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      client_id: grant.clientId,
      ...(grant.clientSecret !== null && { client_secret: grant.clientSecret }),
      ...(grant.scope !== null && { scope: grant.scope }),
    });
    const { given, clockAhead } = await request(grant.tokenUrl, body);
    const { scope, refresh_token_expires_in: left } = given;
    const refreshEndsAt = left === undefined ? null : new Date(Date.now() + left * 1000);
    facts = { scopes: scope?.split(' ') ?? null, refreshEndsAt, clockAhead };
    if (given.refresh_token && given.refresh_token !== refreshToken) {
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
  const response = await fetch(tokenUrl, {
    method: 'POST',
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT),
  }).catch((error: unknown) => {
    throw new SourceUnavailable('unreachable', `${host} gave no token: ${wordsOf(error)}`, null, { cause: error });
  });
  const given: unknown = await response.json().catch(() => null);
  if (response.ok) {
    const token = answer.safeParse(given);
    if (token.success) return { given: token.data, clockAhead: clockAheadOf(response.headers, Date.now()) };
    throw new SourceUnavailable('unreachable', `${host} answered without a token`);
  }
  const refused = refusal.safeParse(given);
  const words = refused.success
    ? `${refused.data.error}${refused.data.error_description ? `: ${refused.data.error_description.slice(0, 200)}` : ''}`
    : `status ${response.status}`;
  const final = refused.success && FINAL.has(refused.data.error);
  throw new SourceUnavailable(final ? 'auth' : 'unreachable', `${host} refused a token: ${words}`);
}

function wordsOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
