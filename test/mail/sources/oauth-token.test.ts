import { createVerify, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { oauthConfigOf, type OauthConfig, type OauthSecrets } from '../../../src/mail/sources/oauth/grant.ts';
import { oauthToken } from '../../../src/mail/sources/oauth-token.ts';

/** A token endpoint that gives these answers in turn, the last one again and again. */
async function endpoint(...answers: [status: number, body: object | string][]) {
  const asked: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    void request.toArray().then((chunks) => {
      asked.push(new URLSearchParams(Buffer.concat(chunks as Buffer[]).toString()));
      const [status, body] = answers[Math.min(asked.length, answers.length) - 1] ?? [500, ''];
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { asked, tokenUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token` };
}

function tokens(
  tokenUrl: string,
  given: { config?: Partial<OauthConfig>; secrets?: OauthSecrets; keep?: (token: string) => Promise<void> } = {},
) {
  const { config = {}, secrets = { refreshToken: '1//refresh', clientSecret: 'client secret' }, keep } = given;
  const whole: OauthConfig = { tokenUrl, clientId: 'desk', scope: 'mail', grant: 'consent', ...config };
  return oauthToken({ config: whole, secrets, user: 'support@maravia.example' }, keep);
}

test.each<[string, string, string, RegExp]>([
  ['consent that was taken back (Google)', 'invalid_grant', 'Token has been expired or revoked.', /give consent again/],
  [
    'consent unused for 90 days (Microsoft)',
    'invalid_grant',
    'AADSTS700082: The refresh token has expired due to inactivity.',
    /has ended.*consent again/,
  ],
  [
    'a password that was changed (Microsoft)',
    'invalid_grant',
    'AADSTS50173: The provided grant has expired due to it being revoked',
    /password was changed/,
  ],
  ['the wrong tenant', 'invalid_request', "AADSTS90002: Tenant 'nowhere' not found.", /correct the tenant/],
  [
    'an account of another tenant',
    'invalid_grant',
    'AADSTS50034: The user account does not exist in the directory.',
    /correct the tenant/,
  ],
  [
    'an app of another tenant',
    'unauthorized_client',
    'AADSTS700016: Application was not found in the directory',
    /correct the tenant/,
  ],
  [
    'a client secret that has expired',
    'invalid_client',
    'AADSTS7000222: The provided client secret keys are expired.',
    /new client secret/,
  ],
  [
    'the id of a client secret instead of its value',
    'invalid_client',
    'AADSTS7000215: Invalid client secret provided.',
    /not its id/,
  ],
  [
    'permissions that nobody granted',
    'invalid_grant',
    'AADSTS65001: The user or administrator has not consented',
    /grant its permissions/,
  ],
  [
    'a second factor that is asked for',
    'invalid_grant',
    'AADSTS50076: you must use multi-factor authentication',
    /second factor/,
  ],
  [
    'a policy that forbids it',
    'invalid_grant',
    'AADSTS53003: Access has been blocked by Conditional Access policies.',
    /Conditional Access/,
  ],
  [
    'a service account nobody delegated to',
    'unauthorized_client',
    'Client is unauthorized to retrieve access tokens using this method.',
    /domain-wide delegation/,
  ],
  ['a service account for nobody', 'invalid_grant', 'Invalid email or User ID', /does not exist in this domain/],
  ['a key that was deleted', 'invalid_grant', 'Invalid JWT Signature.', /make a new one/],
  [
    'a wrong clock',
    'invalid_grant',
    'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.',
    /set it/,
  ],
  ['a client of nobody', 'invalid_client', 'The OAuth client was not found.', /do not belong together/],
  [
    'a scope nobody may have',
    'invalid_scope',
    'AADSTS70011: The provided value for scope is not valid.',
    /IMAP and SMTP/,
  ],
])('a refusal for %s says what to do, and no secret', async (_what, error, error_description, advice) => {
  const { tokenUrl } = await endpoint([400, { error, error_description }]);
  const refused: unknown = await tokens(tokenUrl)
    .accessToken({ fresh: false })
    .catch((reason: unknown) => reason);
  expect(refused).toMatchObject({ name: 'SourceUnavailable', trouble: 'auth' });
  expect(String(refused)).toMatch(advice);
  expect(String(refused)).toContain(error);
  expect(String(refused)).not.toMatch(/1\/\/refresh|client secret"|client%20secret/);
});

test.each<[string, [number, object | string]]>([
  ['an endpoint that is busy', [503, { error: 'temporarily_unavailable' }]],
  ['an endpoint that fails', [500, 'Internal error']],
  ['a page of a proxy', [200, '<html>Sign in to the network</html>']],
  ['an answer without a token', [200, { token_type: 'Bearer' }]],
])('%s is nothing that a person must mend: it is asked again', async (_what, answer) => {
  const { tokenUrl } = await endpoint(answer, [200, { access_token: 'good', expires_in: 3600 }]);
  const { accessToken } = tokens(tokenUrl);
  await expect(accessToken({ fresh: false })).rejects.toMatchObject({ trouble: 'unreachable' });
  expect(await accessToken({ fresh: false })).toBe('good');
});

test('a token is used until shortly before its end, or until it is refused; many who ask at once ask once', async () => {
  const { tokenUrl, asked } = await endpoint(
    [200, { access_token: 'one', expires_in: 3600 }],
    [200, { access_token: 'two', expires_in: 30 }],
    [200, { access_token: 'three', expires_in: 3600 }],
  );
  const { accessToken } = tokens(tokenUrl);
  expect(await Promise.all([1, 2, 3].map(() => accessToken({ fresh: false })))).toEqual(['one', 'one', 'one']);
  expect(await accessToken({ fresh: true })).toBe('two');
  expect(await accessToken({ fresh: false })).toBe('three'); // two ends within a minute
  expect(asked).toHaveLength(3);
});

test('a refresh token that the provider replaces is stored before its access token is used, and asked with from then on', async () => {
  const { tokenUrl, asked } = await endpoint([200, { access_token: 'a', expires_in: 1, refresh_token: '1//next' }]);
  const kept: string[] = [];
  let store: () => void = () => undefined;
  const stored = new Promise<void>((resolve) => (store = resolve));
  const { accessToken } = tokens(tokenUrl, { keep: (token) => (kept.push(token), stored) });
  let given = false;
  const asking = accessToken({ fresh: false }).then(() => (given = true));
  await expect.poll(() => kept).toEqual(['1//next']);
  expect(given).toBe(false);
  store();
  await asking;
  await accessToken({ fresh: false });
  expect(asked.map((form) => form.get('refresh_token'))).toEqual(['1//refresh', '1//next']);
});

test('an app of Microsoft asks in its own name, without anybody’s consent', async () => {
  const { tokenUrl, asked } = await endpoint([200, { access_token: 'app', expires_in: 3600 }]);
  const stored = oauthConfigOf(
    { provider: 'microsoft', tenant: 'maravia.example', clientId: 'app', kind: 'application' },
    'imap',
  );
  expect(stored.tokenUrl).toBe('https://login.microsoftonline.com/maravia.example/oauth2/v2.0/token');
  const { accessToken } = tokens(tokenUrl, {
    config: { ...stored, tokenUrl },
    secrets: { clientSecret: 'of the app' },
  });
  expect(await accessToken({ fresh: false })).toBe('app');
  expect(Object.fromEntries(asked[0] ?? [])).toEqual({
    ...{ grant_type: 'client_credentials', client_id: 'app', client_secret: 'of the app' },
    scope: 'https://outlook.office365.com/.default',
  });
});

test('a service account of Google signs for the mailbox, the scope of IMAP and SMTP, and an hour', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { tokenUrl, asked } = await endpoint([200, { access_token: 'delegated', expires_in: 3600 }]);
  const stored = oauthConfigOf(
    { provider: 'google', tenant: '', clientId: 'bot@project.example', kind: 'application' },
    'imap',
  );
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const { accessToken } = tokens(tokenUrl, { config: { ...stored, tokenUrl }, secrets: { privateKey: key } });
  expect(await accessToken({ fresh: false })).toBe('delegated');
  const [head = '', claims = '', signature = ''] = (asked[0]?.get('assertion') ?? '').split('.');
  expect(createVerify('RSA-SHA256').update(`${head}.${claims}`).verify(publicKey, signature, 'base64url')).toBe(true);
  const said = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
  expect(said).toMatchObject({
    ...{ iss: 'bot@project.example', sub: 'support@maravia.example', aud: tokenUrl, scope: 'https://mail.google.com/' },
    exp: Number(said['iat']) + 3600,
  });

  const broken = tokens(tokenUrl, { config: { ...stored, tokenUrl }, secrets: { privateKey: 'no key at all' } });
  await expect(broken.accessToken({ fresh: false })).rejects.toMatchObject({
    trouble: 'auth',
    message: expect.stringMatching(/enter its JSON key anew/) as string,
  });
});
