import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A provider's token endpoint (RFC 6749 §6), and what an IMAP server asks about a token it is shown. */
export interface TokenServer {
  tokenUrl: string;
  /** Answers `…?access_token=` with `email` and `active`; 401 to what it did not issue, or has ended. */
  tokenInfoUrl: string;
  /** A refresh token for this account, or the secret of an app that may read it. */
  grant(email: string): string;
  /** Ends all access tokens before their time; refresh tokens stay. */
  endAccess(): void;
  /** Ends all refresh tokens: consent was taken back. */
  revoke(): void;
  /** Access tokens that were issued. */
  issued: string[];
  stop(): Promise<void>;
}

export async function startTokenServer(): Promise<TokenServer> {
  const granted = new Map<string, string>();
  const active = new Map<string, string>();
  const issued: string[] = [];

  async function answer(request: IncomingMessage): Promise<[status: number, body: object]> {
    const url = new URL(request.url ?? '', 'http://tokens.test');
    if (url.pathname === '/info') {
      const email = active.get(url.searchParams.get('access_token') ?? '');
      return email ? [200, { email, active: 'true' }] : [401, { error: 'invalid_token' }];
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const byApp = form.get('grant_type') === 'client_credentials';
    const email = granted.get(form.get(byApp ? 'client_secret' : 'refresh_token') ?? '');
    if (!email) return [400, { error: 'invalid_grant', error_description: 'Consent was taken back' }];
    const token = randomBytes(24).toString('base64url');
    active.set(token, email);
    issued.push(token);
    return [200, { access_token: token, token_type: 'Bearer', expires_in: 3600 }];
  }

  const server = createServer((request, response) => {
    void answer(request).then(([status, body]) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    ...{ tokenUrl: `${base}/token`, tokenInfoUrl: `${base}/info`, issued },
    grant(email) {
      const token = randomBytes(24).toString('base64url');
      granted.set(token, email);
      return token;
    },
    endAccess: () => active.clear(),
    revoke: () => granted.clear(),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
