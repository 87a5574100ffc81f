import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

/** Somebody with an account at the provider, by what it says of them. */
export interface ProviderAccount {
  sub: string;
  email?: string;
  email_verified?: unknown;
  given_name?: string;
  family_name?: string;
}

export interface OpenidProvider {
  /** What a desk is configured with to use it. */
  env: Record<string, string>;
  issuer: string;
  /** Who sits before the browser that comes next. */
  person: ProviderAccount;
  /** How often it asked for credentials. */
  logins: number;
  /** It answers nobody any more; `start` on the same port follows. */
  stop(): Promise<void>;
}

/** A real OpenID provider (oidc-provider) on the loopback, where whoever is named gives the right password at once. */
export async function startOpenidProvider(redirectUri: string): Promise<OpenidProvider> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const client = { client_id: 'desk', client_secret: 'a secret of the desk', redirect_uris: [redirectUri] };
  const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const started: OpenidProvider = {
    env: { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: client.client_id, OIDC_CLIENT_SECRET: client.client_secret },
    issuer,
    person: { sub: 'nobody' },
    logins: 0,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  const provider = new Provider(issuer, {
    clients: [client],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'one' }] },
    cookies: { keys: ['of the provider'] },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    claims: { email: ['email', 'email_verified'], profile: ['given_name', 'family_name'] },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    interactions: { url: (_, { uid }) => `/login/${uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ ...started.person, sub }) }),
    // Nobody is asked whether the desk may know them.
    loadExistingGrant: async (ctx) => {
      const { oidc } = ctx;
      const grant = new oidc.provider.Grant({ clientId: oidc.client!.clientId, accountId: oidc.session!.accountId! });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  const handle: typeof answer = async (request, response) => {
    if (!request.url?.startsWith('/login/')) return answer(request, response);
    started.logins += 1;
    await provider.interactionFinished(request, response, { login: { accountId: started.person.sub } });
  };
  return started;
}
