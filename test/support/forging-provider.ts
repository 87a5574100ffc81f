import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import jwt from 'jsonwebtoken';

const keys = () => generateKeyPairSync('rsa', { modulusLength: 2048 });

export interface ForgingProvider {
  env: Record<string, string>;
  issuer: string;
  /** What its next ID token says; null: it gives none. */
  claims: Record<string, unknown> | null;
  /** Whose key signs it. */
  signedBy: 'itself' | 'a stranger' | 'nobody';
  /** How it answers at the token endpoint. */
  status: number;
  stop(): Promise<void>;
}

/** An OpenID provider that says whatever a test wants: what a real one never says, and an attacker may. */
export async function startForgingProvider(): Promise<ForgingProvider> {
  const [own, strange] = [keys(), keys()];
  const server = createServer((request, response) => answer(request.url ?? '', response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const forging: ForgingProvider = {
    env: { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: 'desk', OIDC_CLIENT_SECRET: 'a secret of the desk' },
    ...{ issuer, claims: null, signedBy: 'itself', status: 200 },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  const answers: Record<string, () => object> = {
    '/.well-known/openid-configuration': () => ({
      ...{
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
      },
      ...{ response_types_supported: ['code'], subject_types_supported: ['public'] },
      ...{ id_token_signing_alg_values_supported: ['RS256'], code_challenge_methods_supported: ['S256'] },
      authorization_response_iss_parameter_supported: true,
    }),
    '/jwks': () => ({ keys: [{ ...own.publicKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'one' }] }),
    '/token': () => ({
      ...{ access_token: 'of no use', token_type: 'Bearer', expires_in: 60 },
      ...(forging.claims && { id_token: idToken(forging.claims) }),
    }),
  };

  function idToken(said: Record<string, unknown>): string {
    const claims = JSON.parse(JSON.stringify(said)) as object; // what is undefined is not said
    if (forging.signedBy === 'nobody') return jwt.sign(claims, '', { algorithm: 'none' });
    const { privateKey } = forging.signedBy === 'itself' ? own : strange;
    return jwt.sign(claims, privateKey, { algorithm: 'RS256', keyid: 'one' });
  }

  function answer(url: string, response: ServerResponse): void {
    const body = answers[new URL(url, issuer).pathname]?.();
    const status = url.startsWith('/token') ? forging.status : body ? 200 : 404;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}));
  }
  return forging;
}
