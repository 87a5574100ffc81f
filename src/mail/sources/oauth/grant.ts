import { createSign } from 'node:crypto';
import { z } from 'zod';
import type { MailboxSecret } from '../mailbox-secret.ts';
import { SourceUnavailable } from '../unavailable.ts';

/** What access tokens are for. */
export type OauthUse = 'imap' | 'smtp';
/** consent: of the account's owner, by its refresh token. application: the desk's own right to the account, which an admin of the domain has given. */
export type OauthKind = 'consent' | 'application';

/** How an account's access tokens are asked for; its secrets are the mailbox's. */
export const oauthConfig = z.object({
  tokenUrl: z.url(),
  /** Of a service account of Google's: its address. */
  clientId: z.string().min(1),
  scope: z.string().nullable().default(null),
  grant: z.enum(['consent', 'client-credentials', 'service-account']).default('consent'),
});
export type OauthConfig = z.output<typeof oauthConfig>;

/** Secrets of a grant. */
export type OauthSecrets = Pick<MailboxSecret, 'clientSecret' | 'refreshToken' | 'privateKey'>;

const OUTLOOK = 'https://outlook.office.com';

/** Those who are asked for most. A consent of Google's has its scope from the page on which it was given. */
export const OAUTH_PROVIDERS = {
  google: {
    tokenUrl: () => 'https://oauth2.googleapis.com/token',
    application: 'service-account',
    scopes: { consent: { imap: null, smtp: null }, application: 'https://mail.google.com/' },
  },
  microsoft: {
    tokenUrl: (tenant: string) => `https://login.microsoftonline.com/${encodeURIComponent(tenant)}/oauth2/v2.0/token`,
    application: 'client-credentials',
    scopes: {
      consent: {
        imap: `${OUTLOOK}/IMAP.AccessAsUser.All offline_access`,
        smtp: `${OUTLOOK}/SMTP.Send offline_access`,
      },
      application: 'https://outlook.office365.com/.default',
    },
  },
} as const;

/** What an admin says of it. */
export interface OauthGiven {
  /** google, microsoft, or the URL of a token endpoint */
  provider: string;
  tenant: string;
  clientId: string;
  kind: OauthKind;
}

/** The grant as it is stored. */
export function oauthConfigOf({ provider, tenant, clientId, kind }: OauthGiven, use: OauthUse): OauthConfig {
  const known = provider === 'google' || provider === 'microsoft' ? OAUTH_PROVIDERS[provider] : null;
  return {
    tokenUrl: known ? known.tokenUrl(tenant) : provider,
    clientId,
    scope: known && (kind === 'consent' ? known.scopes.consent[use] : known.scopes.application),
    grant: kind === 'consent' ? 'consent' : (known?.application ?? 'client-credentials'),
  };
}

/** Whether both are the same client of the same provider, so that secrets of one do for the other. */
export function isSameClient(one: OauthConfig, other: OauthConfig): boolean {
  return one.tokenUrl === other.tokenUrl && one.clientId === other.clientId && one.grant === other.grant;
}

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** The request for an access token: RFC 6749 §6 and §4.4, RFC 7523 §2.1. `user`: the account that a service account acts for. */
export function tokenRequest(config: OauthConfig, secrets: OauthSecrets, user: string): URLSearchParams {
  const { clientId, scope, grant } = config;
  const { clientSecret, refreshToken = '', privateKey = '' } = secrets;
  if (grant === 'service-account')
    return new URLSearchParams({ grant_type: JWT_BEARER, assertion: assertion(config, privateKey, user) });
  return new URLSearchParams({
    ...(grant === 'consent'
      ? { grant_type: 'refresh_token', refresh_token: refreshToken }
      : { grant_type: 'client_credentials' }),
    client_id: clientId,
    ...(clientSecret !== undefined && { client_secret: clientSecret }),
    ...(scope !== null && { scope }),
  });
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function assertion({ tokenUrl, clientId, scope }: OauthConfig, privateKey: string, user: string): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: clientId, sub: user, scope: scope ?? '', aud: tokenUrl, iat: now, exp: now + 3600 };
  const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
  try {
    return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey).toString('base64url')}`;
  } catch {
    throw new SourceUnavailable(
      'auth',
      'The private key of the service account cannot be read: enter its JSON key anew',
    );
  }
}
