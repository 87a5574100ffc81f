import { afterAll, beforeEach, expect, test } from 'vitest';
import { Employee } from '../../src/people/employee.ts';
import { Identity } from '../../src/people/identities/identity.ts';
import { Session } from '../../src/people/session.ts';
import { client } from '../support/client.ts';
import { useDesk } from '../support/desk.ts';
import { startForgingProvider } from '../support/forging-provider.ts';
import { OidcBrowser } from '../support/oidc-browser.ts';
import { startOpenidProvider } from '../support/openid-provider.ts';

const CALLBACK = 'http://localhost:8080/api/oidc/callback';
const honest = await startOpenidProvider(CALLBACK);
const forging = await startForgingProvider();
const leaving = await startOpenidProvider(CALLBACK);
afterAll(() => Promise.all([honest.stop(), forging.stop()]));

/** Milliseconds by which the desks' clock is ahead of ours. */
let ahead = 0;
const clock = () => new Date(Date.now() + ahead);
const desk = useDesk({ web: true, clock, env: honest.env });
const deceived = useDesk({ web: true, env: forging.env });
const alone = useDesk({ web: true, env: leaving.env });
const unconfigured = useDesk({ web: true });
beforeEach(() => {
  ahead = 0;
  honest.person = { sub: 'ana', email: 'ana@maravia.example', email_verified: true };
});

/** A refused callback: 400 with a reason, no session, nothing linked, and an entry in the audit log unless nothing had begun. */
async function expectRefused(response: Response, of = desk(), reason: unknown = expect.any(String)): Promise<void> {
  expect([response.status, await response.json()]).toEqual([
    400,
    { error: expect.any(String), code: 'malformed_request', details: { reason } },
  ]);
  expect(response.headers.getSetCookie().join()).not.toContain('__Host-refresh=');
  for (const Thing of [Session, Identity, Employee] as const)
    expect(await of.transaction((tx) => tx.em.count<object>(Thing, {}))).toBe(0);
}

const audited = (of = desk()) =>
  of.transaction((tx) =>
    tx.em.execute<{ action: string; outcome: string; data: { reason: string } }[]>(
      'select action, outcome, data from audit_entry order by id desc limit 1',
    ),
  );

/** The way back from the provider, with what was changed on it. */
async function callback(browser: OidcBrowser, change: (search: URLSearchParams) => void = () => undefined) {
  const url = await browser.signIn(await browser.start());
  change(url.searchParams);
  return url;
}

test('V26: an answer with another state is refused', async () => {
  const browser = new OidcBrowser(desk().url);
  await expectRefused(await browser.comeBack(await callback(browser, (search) => search.set('state', 'x'.repeat(43)))));
  expect(await audited()).toEqual([
    { action: 'identity.refused', outcome: 'refused', data: { reason: 'OAUTH_INVALID_RESPONSE' } },
  ]);
});

test('V26: an answer without a state is refused', async () => {
  const browser = new OidcBrowser(desk().url);
  await expectRefused(await browser.comeBack(await callback(browser, (search) => search.delete('state'))));
});

test('V26: an answer of another issuer is refused (mix-up, RFC 9207)', async () => {
  const browser = new OidcBrowser(desk().url);
  const forged = await callback(browser, (search) => search.set('iss', 'https://evil.example'));
  await expectRefused(await browser.comeBack(forged));
});

test('V26: an answer to a browser that began nothing is refused: nobody is signed in to the account of somebody else', async () => {
  const [mine, theirs] = [new OidcBrowser(desk().url), new OidcBrowser(desk().url)];
  await expectRefused(await theirs.comeBack(await callback(mine)), desk(), 'nothing_began');
});

test('V26: the code of another sign-in is refused, even with the right state: its PKCE verifier does not fit', async () => {
  const [mine, theirs] = [new OidcBrowser(desk().url), new OidcBrowser(desk().url)];
  const stolen = (await callback(theirs)).searchParams.get('code') ?? '';
  const injected = await callback(mine, (search) => search.set('code', stolen));
  await expectRefused(await mine.comeBack(injected), desk(), 'invalid_grant');
});

test('V26: a request that lost its PKCE challenge on the way is refused by the provider, and so by us', async () => {
  const browser = new OidcBrowser(desk().url);
  const url = await browser.start();
  url.searchParams.delete('code_challenge');
  url.searchParams.delete('code_challenge_method');
  await expectRefused(await browser.comeBack(await browser.signIn(url)), desk(), 'invalid_request');
});

test('V26: a code that was made up is refused', async () => {
  const browser = new OidcBrowser(desk().url);
  await expectRefused(await browser.comeBack(await callback(browser, (search) => search.set('code', 'made-up'))));
});

test('V26: an error in place of a code is refused, as is an answer with nothing', async () => {
  for (const change of [
    (search: URLSearchParams) => {
      search.delete('code');
      search.set('error', 'access_denied');
    },
    (search: URLSearchParams) => search.delete('code'),
  ]) {
    const browser = new OidcBrowser(desk().url);
    await expectRefused(await browser.comeBack(await callback(browser, change)));
  }
});

test('V26: an answer that takes more than a quarter of an hour is refused', async () => {
  const browser = new OidcBrowser(desk().url);
  const url = await callback(browser);
  ahead = 15 * 60_000;
  await expectRefused(await browser.comeBack(url), desk(), 'nothing_began');
});

test('V26: a repeated parameter is refused', async () => {
  const browser = new OidcBrowser(desk().url);
  const url = await callback(browser, (search) => search.append('code', 'another'));
  const response = await browser.comeBack(url);
  expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([400, 'validation_failed']);
});

const minute = () => Math.floor(Date.now() / 1000);
/** What an honest provider says in its ID token. */
const honestly = (nonce: string): Record<string, unknown> => ({
  ...{ iss: forging.issuer, aud: 'desk', sub: 'ana', nonce, iat: minute(), exp: minute() + 60, auth_time: minute() },
  ...{ email: 'forged@maravia.example', email_verified: true },
});

/** Comes back with an ID token that says something else than it should. */
async function forge(change: object, signedBy: typeof forging.signedBy = 'itself'): Promise<Response> {
  const browser = new OidcBrowser(deceived().url);
  const { searchParams } = await browser.start();
  forging.claims = { ...honestly(searchParams.get('nonce') ?? ''), ...change };
  forging.signedBy = signedBy;
  const iss = encodeURIComponent(forging.issuer);
  return browser.comeBack(new URL(`${CALLBACK}?code=some-code&state=${searchParams.get('state')}&iss=${iss}`));
}

const COMPARED = 'OAUTH_JWT_CLAIM_COMPARISON_FAILED';
const INVALID = 'OAUTH_INVALID_RESPONSE';
test.each<[string, string, object, typeof forging.signedBy?]>([
  ['another nonce', COMPARED, { nonce: 'x'.repeat(43) }],
  ['no nonce', INVALID, { nonce: undefined }],
  ['another issuer', COMPARED, { iss: 'https://evil.example' }],
  ['another audience', COMPARED, { aud: 'somebody-else' }],
  ['a second audience and no authorized party', COMPARED, { aud: ['desk', 'somebody-else'] }],
  ['an expiry that has passed', 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED', { exp: minute() - 600 }],
  ['no expiry', INVALID, { exp: undefined }],
  ['no subject', INVALID, { sub: undefined }],
  ['an empty subject', 'bad_claims', { sub: '' }],
  ['the signature of a stranger', INVALID, {}, 'a stranger'],
  ['no signature', INVALID, {}, 'nobody'],
])('V26: an ID token with %s is refused', async (_, reason, change, signedBy) => {
  await expectRefused(await forge(change, signedBy), deceived(), reason);
});

test('V26: an answer without an ID token is refused', async () => {
  const browser = new OidcBrowser(deceived().url);
  const { searchParams } = await browser.start();
  forging.claims = null;
  const iss = encodeURIComponent(forging.issuer);
  const url = new URL(`${CALLBACK}?code=some-code&state=${searchParams.get('state')}&iss=${iss}`);
  await expectRefused(await browser.comeBack(url), deceived());
});

test('the same token told honestly is taken, so that it is the lie that is refused', async () => {
  const response = await forge({});
  expect([response.status, await response.json()]).toEqual([
    403,
    expect.objectContaining({ details: { reason: 'pending' } }),
  ]);
});

test('V26: an answer is good once: used again it is refused, by the desk and by the provider', async () => {
  await desk().account('employee', 'ana@maravia.example');
  const browser = new OidcBrowser(desk().url);
  const url = await callback(browser);
  expect((await browser.comeBack(url)).status).toBe(302);
  const again = await browser.comeBack(url);
  expect([again.status, await again.json()]).toEqual([
    400,
    expect.objectContaining({ details: { reason: 'nothing_began' } }),
  ]);
  const elsewhere = await callback(browser, (search) => search.set('code', url.searchParams.get('code') ?? ''));
  expect((await browser.comeBack(elsewhere)).status).toBe(400);
});

test('while the provider is away nobody is told that they did something wrong', async () => {
  const begun = new OidcBrowser(alone().url);
  const url = await callback(begun);
  await leaving.stop();
  const back = await begun.comeBack(url);
  expect([back.status, ((await back.json()) as { code: string }).code]).toEqual([503, 'unavailable']);
});

test('a provider that answers with its own failure is away, too', async () => {
  forging.status = 502;
  const response = await forge({});
  forging.status = 200;
  expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([503, 'unavailable']);
});

test('where no provider is configured there is nothing to sign in with', async () => {
  const anyone = client(unconfigured().url);
  expect((await anyone.get('/api/oidc')).body).toEqual({ name: null });
  for (const path of ['/api/oidc/start', '/api/oidc/callback?code=a&state=b'])
    expect(await anyone.get(path)).toMatchObject({ status: 404, body: { code: 'not_found' } });
});
