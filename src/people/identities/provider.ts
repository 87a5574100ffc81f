import * as oidc from 'openid-client';
import { z } from 'zod';
import type { OidcConfig } from '../../config.ts';
import { AppError } from '../../errors.ts';
import { originOf } from '../../http/destinations.ts';
import { httpCall } from '../../http/http-call.ts';
import { derivedFrom } from '../factors/challenge.ts';

/** Who the provider says that somebody is. */
export interface ProviderPerson {
  issuer: string;
  subject: string;
  /** null: it said none, or none that could be one */
  email: string | null;
  /** It has checked that the address is theirs. Anything but the boolean `true` is no. */
  emailVerified: boolean;
  firstName: string;
  lastName: string;
  /** When they gave their credentials there, if it said so. */
  authenticatedAt: Date | null;
}

/** An answer that proves nothing, and why, in the words of the library. */
export interface ProviderRefusal {
  refused: string;
}

/** The OpenID provider that people can sign in with. Rejects with `unavailable` when it cannot be reached. */
export interface OidcProvider {
  name: string;
  /** Where to send the browser. `token` is known to this browser alone; `fresh`: ask for the credentials again. */
  authorizationUrl(token: string, how: { redirectUri: string; fresh: boolean }): Promise<string>;
  /** Exchanges the code in the address that the browser came back to. */
  personOf(callback: URL, token: string, how: { fresh: boolean }): Promise<ProviderPerson | ProviderRefusal>;
}

/** Seconds to wait for an answer of the provider. */
const PATIENCE = 10;
/** Bytes of an answer. */
const ANSWER = 1_000_000;
/** Seconds in which a sign-in at the provider is fresh. */
const FRESH = 300;
/** Any other may be as old as a session gets. Asking for an age makes the provider say it (OpenID Connect Core §3.1.2.1). */
const OLDEST = 30 * 24 * 3600;

/** Authorization code flow with PKCE, state and nonce (RFC 9700 §2.1.1). Its description is read when it is first needed, and kept. */
export function oidcProvider(config: OidcConfig): OidcProvider {
  let known: Promise<oidc.Configuration> | null = null;
  const discovered = async (): Promise<oidc.Configuration> => {
    known ??= discover(config);
    return known.catch((error: unknown) => {
      known = null;
      throw away(error);
    });
  };

  return {
    name: config.name,
    async authorizationUrl(token, { redirectUri, fresh }) {
      const url = oidc.buildAuthorizationUrl(await discovered(), {
        redirect_uri: redirectUri,
        scope: 'openid email profile',
        state: derivedFrom(token, 'state'),
        nonce: derivedFrom(token, 'nonce'),
        code_challenge: await oidc.calculatePKCECodeChallenge(derivedFrom(token, 'verifier')),
        code_challenge_method: 'S256',
        max_age: String(fresh ? FRESH : OLDEST),
        ...(fresh && { prompt: 'login' }),
      });
      return url.href;
    },
    async personOf(callback, token, { fresh }) {
      const provider = await discovered();
      try {
        const tokens = await oidc.authorizationCodeGrant(provider, callback, {
          expectedState: derivedFrom(token, 'state'),
          expectedNonce: derivedFrom(token, 'nonce'),
          pkceCodeVerifier: derivedFrom(token, 'verifier'),
          idTokenExpected: true,
          ...(fresh && { maxAge: FRESH }),
        });
        const said = tokens.claims();
        if (!said) return { refused: 'no_id_token' };
        const whole = 'email' in said && 'email_verified' in said;
        const { userinfo_endpoint: more } = provider.serverMetadata();
        return personOf(said, whole || !more ? {} : await oidc.fetchUserInfo(provider, tokens.access_token, said.sub));
      } catch (error) {
        if (isAway(error)) throw away(error);
        if (!isRefusal(error)) throw error;
        return { refused: reasonOf(error) };
      }
    },
  };
}

function discover({ issuer, clientId, clientSecret }: OidcConfig): Promise<oidc.Configuration> {
  const url = new URL(issuer);
  return oidc.discovery(url, clientId, clientSecret, oidc.ClientSecretBasic(clientSecret), {
    timeout: PATIENCE,
    [oidc.customFetch]: ask,
    execute: [
      // Not only TLS vouches for the ID token: its signature is checked too.
      oidc.enableNonRepudiationChecks,
      ...(url.protocol === 'http:' ? [oidc.allowInsecureRequests] : []),
    ],
  });
}

/** What the library asks goes the one way that everything goes. The provider's own description names its servers, so each is allowed as it is named. */
async function ask(url: string, { method, headers, body }: oidc.CustomFetchOptions): Promise<Response> {
  const given = { method, headers: { ...headers }, ...(body != null && { body: String(body) }) };
  const bounds = { allowed: originOf(url), timeout: PATIENCE * 1000, limit: ANSWER };
  const answer = await httpCall({ url, ...given, ...bounds }).catch((error: unknown) => {
    throw new TypeError('fetch failed', { cause: error }); // as fetch does
  });
  return new Response(answer.body.length > 0 ? new Uint8Array(answer.body) : null, answer);
}

const line = z
  .string()
  .transform((text) =>
    text
      .replace(/\p{Cc}+/gu, ' ')
      .trim()
      .slice(0, 100),
  )
  .catch('');
const claims = z.object({
  iss: z.string().min(1).max(2000),
  sub: z.string().min(1).max(255),
  email: z
    .string()
    .max(320)
    .regex(/^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u)
    .nullable()
    .catch(null),
  email_verified: z.boolean().catch(false),
  given_name: line,
  family_name: line,
  auth_time: z.number().optional(),
});

/** From the ID token, and what it leaves out from the userinfo. An address and whether it is verified come from the same of both. */
function personOf(said: Record<string, unknown>, more: Record<string, unknown>): ProviderPerson | ProviderRefusal {
  const { email, email_verified: verified } = 'email' in more ? more : said;
  const parsed = claims.safeParse({ ...more, ...said, email, email_verified: verified });
  if (!parsed.success) return { refused: 'bad_claims' };
  const known = parsed.data;
  return {
    ...{ issuer: known.iss, subject: known.sub, email: known.email, emailVerified: known.email_verified },
    ...{ firstName: known.given_name, lastName: known.family_name },
    authenticatedAt: known.auth_time === undefined ? null : new Date(known.auth_time * 1000),
  };
}

/** The provider, or whoever sent the browser back, said something that must not be believed. */
function isRefusal(error: unknown): error is Error & { code?: string; error?: string } {
  return (
    error instanceof oidc.ClientError ||
    error instanceof oidc.AuthorizationResponseError ||
    error instanceof oidc.ResponseBodyError ||
    error instanceof oidc.WWWAuthenticateChallengeError
  );
}

/** The provider's word for it if that is one (RFC 6749 §5.2; the browser may bring anything), else the library's. */
function reasonOf({ error, code, name }: { error?: string; code?: string; name: string }): string {
  return error && /^[a-z_]{1,60}$/.test(error) ? error : (code ?? name);
}

function isAway(error: unknown): boolean {
  if (error instanceof TypeError) return error.message === 'fetch failed';
  if (!(error instanceof oidc.ClientError)) return false;
  if (error.code === 'OAUTH_TIMEOUT') return true;
  return error.cause instanceof Response && error.cause.status >= 500;
}

const away = (cause: unknown) =>
  new AppError('unavailable', 'The sign-in provider does not answer right now', {}, { cause });
