import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import jsonwebtoken from 'jsonwebtoken';
import { SCOPES } from './rules.ts';

const GRANT_JWT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** What a service account signs its assertions for, wherever the server listens. */
const AUDIENCE = 'https://oauth2.googleapis.com/token';

export interface IssuedToken {
  user: string;
  scopes: readonly string[];
  expires: number;
}

/** Google's authorization server as far as the desk uses it: codes with PKCE, refresh tokens, service accounts. */
export class GoogleOAuth {
  readonly client = { id: 'desk.apps.googleusercontent.com', secret: randomBytes(12).toString('hex') };
  readonly serviceAccount: { email: string; privateKey: string };
  readonly accessTokens = new Map<string, IssuedToken>();
  readonly refreshTokens = new Map<string, { user: string; scopes: readonly string[] }>();
  /** A new refresh token comes with every refresh, and the old one ends, as for an app whose tokens rotate. */
  rotate = false;
  /** The consent screen is in testing: refresh tokens end after seven days, and the answers say so. */
  testing = false;
  /** What the service account may do, for whom: domain-wide delegation. */
  delegated = new Map<string, readonly string[]>();
  private readonly publicKey: string;
  private readonly codes = new Map<string, { user: string; challenge: string; redirect: string; scopes: string[] }>();

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    this.publicKey = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    this.serviceAccount = { email: 'desk@project.iam.gserviceaccount.com', privateKey: pem };
  }

  grant(user: string, scopes: readonly string[] = [SCOPES.modify]): string {
    const token = `1//${randomBytes(16).toString('base64url')}`;
    this.refreshTokens.set(token, { user, scopes });
    return token;
  }

  /** What a person's consent gives: a code for this redirect and challenge. */
  consent(url: URL, user: string): string {
    const asked = (name: string) => url.searchParams.get(name) ?? '';
    const fixed = {
      client_id: this.client.id,
      response_type: 'code',
      code_challenge_method: 'S256',
      access_type: 'offline',
    };
    for (const [name, value] of Object.entries(fixed))
      if (asked(name) !== value) throw new Error(`The consent page refuses ${name}=${asked(name)}`);
    const code = `4/${randomBytes(12).toString('base64url')}`;
    const scopes = asked('scope').split(' ');
    this.codes.set(code, { user, challenge: asked('code_challenge'), redirect: asked('redirect_uri'), scopes });
    return code;
  }

  /** POST /token: the answer's status and body (RFC 6749 §5). */
  token(form: URLSearchParams): { status: number; body: object } {
    const kind = form.get('grant_type');
    if (kind === GRANT_JWT) return this.byAssertion(form.get('assertion') ?? '');
    if (form.get('client_id') !== this.client.id || form.get('client_secret') !== this.client.secret)
      return refused(401, 'invalid_client', 'The OAuth client was not found.');
    if (kind === 'refresh_token') return this.byRefresh(form.get('refresh_token') ?? '');
    if (kind === 'authorization_code') return this.byCode(form);
    return refused(400, 'unsupported_grant_type', `Invalid grant_type: ${kind}`);
  }

  private byRefresh(token: string) {
    const granted = this.refreshTokens.get(token);
    if (!granted) return refused(400, 'invalid_grant', 'Token has been expired or revoked.');
    const next = this.rotate ? this.grant(granted.user, granted.scopes) : null;
    if (next) this.refreshTokens.delete(token);
    return this.issue(granted.user, granted.scopes, next);
  }

  private byCode(form: URLSearchParams) {
    const code = form.get('code') ?? '';
    const known = this.codes.get(code);
    this.codes.delete(code);
    const proof = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (!known || known.redirect !== form.get('redirect_uri') || known.challenge !== proof)
      return refused(400, 'invalid_grant', 'Malformed auth code.');
    return this.issue(known.user, known.scopes, this.grant(known.user, known.scopes));
  }

  private byAssertion(assertion: string) {
    const options = { algorithms: ['RS256' as const], audience: AUDIENCE, issuer: this.serviceAccount.email };
    let claims: { sub?: string; scope?: string };
    try {
      claims = jsonwebtoken.verify(assertion, this.publicKey, options) as typeof claims;
    } catch {
      return refused(400, 'invalid_grant', 'Invalid JWT Signature.');
    }
    const scopes = (claims.scope ?? '').split(' ');
    const allowed = this.delegated.get(claims.sub ?? '') ?? [];
    if (!scopes.every((scope) => allowed.includes(scope)))
      return refused(401, 'unauthorized_client', 'Client is unauthorized to retrieve access tokens using this method.');
    return this.issue(claims.sub ?? '', scopes, null);
  }

  private issue(user: string, scopes: readonly string[], refresh: string | null) {
    const access_token = `ya29.${randomBytes(16).toString('base64url')}`;
    this.accessTokens.set(access_token, { user, scopes, expires: Date.now() + 3600_000 });
    const body = {
      access_token,
      expires_in: 3599,
      scope: scopes.join(' '),
      token_type: 'Bearer',
      ...(this.testing && { refresh_token_expires_in: 604_799 }),
    };
    return { status: 200, body: refresh ? { ...body, refresh_token: refresh } : body };
  }
}

const refused = (status: number, error: string, error_description: string) => ({
  status,
  body: { error, error_description },
});
