import { auth } from 'googleapis/build/src/apis/gmail/index.js';

/** What lets the desk into a Gmail mailbox: a person's consent, or a service account that may act for it (domain-wide delegation). */
export type GmailCredentials =
  | { kind: 'consent'; clientId: string; clientSecret: string; refreshToken: string }
  | { kind: 'service-account'; email: string; privateKey: string; subject: string };

/** Google's scopes: modify reads and labels; readonly is enough for a desk that labels nothing. */
export const GMAIL_SCOPES = {
  modify: 'https://www.googleapis.com/auth/gmail.modify',
  readonly: 'https://www.googleapis.com/auth/gmail.readonly',
} as const;

const TOKEN_HOST = 'https://oauth2.googleapis.com';

export type GmailAuth = InstanceType<typeof auth.OAuth2> | InstanceType<typeof auth.JWT>;

/**
 * A client that gets access tokens by itself. `onRefreshToken` is told when Google replaces the refresh token: whoever does not store
 * it is locked out later. `apiUrl` replaces Google's hosts.
 */
export function gmailAuth(
  credentials: GmailCredentials,
  {
    apiUrl,
    readonly = false,
    onRefreshToken,
  }: { apiUrl: string | null; readonly?: boolean; onRefreshToken?: (token: string) => void },
): GmailAuth {
  const client = credentials.kind === 'consent' ? consented(credentials) : delegated(credentials, readonly);
  client.on('tokens', ({ refresh_token: token }) => {
    const known = credentials.kind === 'consent' ? credentials.refreshToken : null;
    if (token && token !== known) onRefreshToken?.(token);
  });
  if (apiUrl) reach(client, apiUrl);
  return client;
}

function consented({
  clientId,
  clientSecret,
  refreshToken,
}: Extract<GmailCredentials, { kind: 'consent' }>): GmailAuth {
  const client = new auth.OAuth2({ clientId, clientSecret });
  client.setCredentials({ refresh_token: refreshToken });
  return client;
}

function delegated(
  { email, privateKey, subject }: Extract<GmailCredentials, { kind: 'service-account' }>,
  readonly: boolean,
): GmailAuth {
  const scopes = [readonly ? GMAIL_SCOPES.readonly : GMAIL_SCOPES.modify];
  return new auth.JWT({ email, key: privateKey, scopes, subject });
}

/**
 * Forgets the access token, so that the next request gets a new one. The library's own forceRefreshOnFailure would do so after 403 too, and
 * ask again at once though Gmail has just said that it was asked too often.
 */
export function forgetAccessToken(client: GmailAuth): void {
  client.credentials.expiry_date = 1;
}

/** Sends what is meant for Google's token host elsewhere: it is fixed in the library, the API's is an option of it. */
export function reach(client: GmailAuth, apiUrl: string): void {
  client.transporter.interceptors.request.add({
    resolved: (request) => {
      if (request.url.origin === TOKEN_HOST) request.url = new URL(request.url.pathname, apiUrl);
      return Promise.resolve(request);
    },
  });
}
