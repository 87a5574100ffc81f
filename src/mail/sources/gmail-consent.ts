import { auth, gmail } from 'googleapis/build/src/apis/gmail/index.js';
import { AppError } from '../../errors.ts';
import { GMAIL_SCOPES, reach } from './gmail-auth.ts';
import { readFailure } from './gmail-errors.ts';

/** The OAuth client of the desk's Google Cloud project, and where Google sends the admin back to. */
export interface ConsentClient {
  clientId: string;
  clientSecret: string;
  redirectUri: string;
  /** Replaces Google's hosts. */
  apiUrl: string | null;
}

/** What an admin's browser is sent to Google with, and what must be kept until it comes back. */
export interface ConsentStart {
  url: string;
  /** Proof that the answer is given to who asked (PKCE, RFC 7636). Kept on the server. */
  verifier: string;
}

/** What a consent gave. */
export interface Consent {
  refreshToken: string;
  /** The mailbox that it is for, as Google names it. */
  address: string;
  scopes: readonly string[];
}

/** Begins the consent of a mailbox's owner. `prompt=consent`: only then Google gives a refresh token again. */
export async function startConsent(
  client: ConsentClient,
  given: { state: string; address: string; readonly: boolean },
): Promise<ConsentStart> {
  const oauth = clientOf(client);
  const { codeVerifier, codeChallenge } = await oauth.generateCodeVerifierAsync();
  const url = oauth.generateAuthUrl({
    access_type: 'offline',
    prompt: 'consent',
    scope: [given.readonly ? GMAIL_SCOPES.readonly : GMAIL_SCOPES.modify],
    state: given.state,
    login_hint: given.address,
    code_challenge: codeChallenge ?? '',
    code_challenge_method: S256,
  });
  return { url, verifier: codeVerifier };
}

/** Exchanges the code of a consent. Throws when Google refuses it, gave no scope that reads, or no refresh token. */
export async function finishConsent(
  client: ConsentClient,
  given: { code: string; verifier: string },
): Promise<Consent> {
  const oauth = clientOf(client);
  const { tokens } = await oauth
    .getToken({ code: given.code, codeVerifier: given.verifier })
    .catch((error: unknown) => {
      if (readFailure(error)?.kind !== 'auth') throw error;
      throw new AppError('gone', 'Google does not take this code any more: begin the connection again');
    });
  const scopes = (tokens.scope ?? '').split(' ');
  const readable = Object.values(GMAIL_SCOPES).some((scope) => scopes.includes(scope));
  if (!readable)
    throw new AppError('forbidden', 'The consent does not include reading mail: tick the box on Google’s page');
  if (!tokens.refresh_token)
    throw new AppError('conflict', 'Google gave no lasting access: begin the connection again');
  oauth.setCredentials(tokens);
  const { users } = gmail({ version: 'v1', auth: oauth, ...(client.apiUrl && { rootUrl: `${client.apiUrl}/` }) });
  const { data } = await users.getProfile({ userId: 'me' }, { retry: false, timeout: 30_000 });
  return { refreshToken: tokens.refresh_token, address: (data.emailAddress ?? '').toLowerCase(), scopes };
}

type Options = NonNullable<Parameters<InstanceType<typeof auth.OAuth2>['generateAuthUrl']>[0]>;
/** The library's enum, which cannot be imported without all of it. */
const S256 = 'S256' as NonNullable<Options['code_challenge_method']>;

function clientOf({ clientId, clientSecret, redirectUri, apiUrl }: ConsentClient) {
  const oauth = new auth.OAuth2({ clientId, clientSecret, redirectUri });
  if (apiUrl) reach(oauth, apiUrl);
  return oauth;
}
