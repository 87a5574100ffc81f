import { afterAll, beforeEach, expect, test } from 'vitest';
import { Employee } from '../../src/people/employee.ts';
import { Identity } from '../../src/people/identities/identity.ts';
import { client } from '../support/client.ts';
import { useDesk } from '../support/desk.ts';
import { auditOf, codeAt, enrolApp, giveFactor, noticesOf, set } from '../support/factors.ts';
import { OidcBrowser } from '../support/oidc-browser.ts';
import { startOpenidProvider, type ProviderAccount } from '../support/openid-provider.ts';

const provider = await startOpenidProvider('http://localhost:8080/api/oidc/callback');
afterAll(() => provider.stop());

/** Milliseconds by which the desk's clock is ahead of ours. */
let ahead = 0;
const now = () => new Date(Date.now() + ahead);
const desk = useDesk({ web: true, clock: now, env: { ...provider.env, OIDC_NAME: 'Maravia ID' } });
beforeEach(async () => {
  ahead = 0;
  await set(desk(), 'registration', 'open');
});

let people = 0;
/** Somebody whose address the provider has verified, unless said otherwise. */
const somebody = (said: Partial<ProviderAccount> = {}): ProviderAccount => {
  const sub = `subject-${++people}`;
  return {
    sub,
    email: `${sub}@maravia.example`,
    email_verified: true,
    given_name: 'Ana',
    family_name: 'Réyes',
    ...said,
  };
};
/** Signs in at the provider as this person, in a browser of their own, and comes back. */
async function comeAs(person: ProviderAccount, query = '') {
  provider.person = person;
  const browser = new OidcBrowser(desk().url);
  const response = await browser.go(query);
  const body = response.status === 302 ? {} : ((await response.json()) as Record<string, unknown>);
  return { browser, status: response.status, location: response.headers.get('location'), body };
}
const employeeOf = (email: string | undefined) =>
  desk().transaction((tx) => tx.em.findOne(Employee, { email: email ?? '' }));
const identitiesOf = (sub: string) => desk().transaction((tx) => tx.em.count(Identity, { subject: sub }));

test('the sign-in page is told the name of the provider', async () => {
  expect((await client(desk().url).get('/api/oidc')).body).toEqual({ name: 'Maravia ID' });
});

test('the browser is sent to the provider with PKCE, state and nonce, all of them new each time', async () => {
  const [one, other] = [await new OidcBrowser(desk().url).start(), await new OidcBrowser(desk().url).start()];
  expect(one.origin).toBe(provider.issuer);
  expect(Object.fromEntries(one.searchParams)).toEqual({
    ...{ response_type: 'code', client_id: 'desk', scope: 'openid email profile', code_challenge_method: 'S256' },
    ...{ redirect_uri: 'http://localhost:8080/api/oidc/callback', max_age: '2592000' },
    ...{ state: expect.any(String), nonce: expect.any(String), code_challenge: expect.any(String) },
  });
  for (const name of ['state', 'nonce', 'code_challenge']) {
    expect(one.searchParams.get(name)).toMatch(/^[\w-]{43}$/);
    expect(one.searchParams.get(name)).not.toBe(other.searchParams.get(name));
  }
});

test('an employee with the same verified address is linked once, told by mail, and lands where they wanted to go', async () => {
  const { id, email } = await desk().account('employee', 'linked@maravia.example');
  const person = somebody({ email: 'Linked@Maravia.example' });
  const { browser, status, location } = await comeAs(person, '?to=/tickets/TX0001');
  expect([status, location]).toEqual([302, '/tickets/TX0001#signed-in']);
  expect(await browser.session()).toMatchObject({ id, email, refresh: null, access: expect.any(String) });
  expect(await identitiesOf(person.sub)).toBe(1);
  expect(await noticesOf(desk(), id)).toEqual(['identity-linked']);

  // From now on the subject counts, whatever becomes of the address.
  const moved = await comeAs({ sub: person.sub, email: 'elsewhere@example.org', email_verified: false });
  expect(await moved.browser.session()).toMatchObject({ id });
  expect(await identitiesOf(person.sub)).toBe(1);
  expect(await noticesOf(desk(), id)).toEqual(['identity-linked']);
});

test.each(['employee', 'coordinator', 'admin'] as const)(
  'T05: a provider that says the address of an %s without having verified it is not believed: 403, and no link',
  async (role) => {
    const { id, email } = await desk().account(role, `t05-${role}@maravia.example`);
    for (const email_verified of [false, undefined, 'true', 1]) {
      const person = somebody({ email, email_verified });
      const { status, body, browser } = await comeAs(person);
      expect([status, body['code'], body['details']]).toEqual([403, 'forbidden', { reason: 'email_unverified' }]);
      expect(await browser.session()).not.toHaveProperty('access');
      expect(await identitiesOf(person.sub)).toBe(0);
    }
    expect(await desk().transaction((tx) => tx.em.count(Identity, { employeeId: id }))).toBe(0);
  },
);

test.each(['coordinator', 'admin'] as const)(
  'T05: an account of a %s is never linked by its address, verified or not',
  async (role) => {
    const { id, email } = await desk().account(role, `staff-${role}@maravia.example`);
    const person = somebody({ email });
    expect(await comeAs(person)).toMatchObject({ status: 403, body: { details: { reason: 'staff_unlinked' } } });
    expect(await identitiesOf(person.sub)).toBe(0);
    expect(await noticesOf(desk(), id)).toEqual([]);
  },
);

test('an account whose address nobody confirmed is not linked: who made it would keep a way in', async () => {
  const { id, email } = await desk().account('employee', 'squatted@maravia.example');
  await desk().transaction((tx) => tx.em.nativeUpdate(Employee, id, { emailConfirmedAt: null }));
  const person = somebody({ email });
  expect(await comeAs(person)).toMatchObject({ status: 403, body: { details: { reason: 'address_unconfirmed' } } });
  expect(await identitiesOf(person.sub)).toBe(0);
});

test('a stranger is registered, waits for an admin, and signs in once approved', async () => {
  const person = somebody();
  const waiting = { status: 403, body: { details: { reason: 'pending' } } };
  expect(await comeAs(person)).toMatchObject(waiting);
  const employee = await employeeOf(person.email);
  expect(employee).toMatchObject({
    ...{ status: 'pending', role: 'employee', firstName: 'Ana', lastName: 'Réyes', passwordHash: null },
    ...{ companyId: expect.stringMatching(/^MA\d{4,}$/), emailConfirmedAt: expect.any(Date) },
  });
  expect(await comeAs(person)).toMatchObject(waiting);
  const id = employee?.id ?? 0;
  expect((await auditOf(desk(), id)).map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
    ...['employee.registered done', 'identity.refused refused', 'identity.refused refused'],
  ]);
  const notices = await desk().transaction((tx) =>
    tx.em.execute('select template from account_notice where employee_id = ?', [id]),
  );
  expect(notices).toEqual([{ template: 'registration-pending' }]);

  await desk().transaction((tx) => tx.em.nativeUpdate(Employee, id, { status: 'approved' }));
  expect(await (await comeAs(person)).browser.session()).toMatchObject({ id, first_name: 'Ana' });
  await desk().transaction((tx) => tx.em.nativeUpdate(Employee, id, { status: 'disabled' }));
  expect(await comeAs(person)).toMatchObject({ status: 403, body: { details: { reason: 'not_approved' } } });
});

test('the same stranger twice at once is registered once', async () => {
  const person = somebody();
  provider.person = person;
  const browsers = [new OidcBrowser(desk().url), new OidcBrowser(desk().url)];
  const callbacks = await Promise.all(browsers.map(async (browser) => browser.signIn(await browser.start())));
  const responses = await Promise.all(browsers.map((browser, at) => browser.comeBack(callbacks[at]!)));
  expect(responses.map(({ status }) => status)).toEqual([403, 403]);
  expect(await identitiesOf(person.sub)).toBe(1);
  expect(await desk().transaction((tx) => tx.em.count(Employee, { email: person.email! }))).toBe(1);
});

test.each([
  ['open', 'approved'],
  ['closed', 'pending'],
] as const)(
  'where registration is %s, somebody who only ever wrote mail claims their account by the verified address, and is %s',
  async (registration, status) => {
    await set(desk(), 'registration', registration);
    const person = somebody();
    const contact = await desk().transaction(async (tx) => {
      const times = { createdAt: tx.now, updatedAt: tx.now };
      return tx.em.create(Employee, { email: person.email!, role: 'employee', status: 'contact', ...times });
    });
    const { browser, ...answer } = await comeAs(person);
    expect(answer.status).toBe(status === 'approved' ? 302 : 403);
    const claimed = { id: contact.id, status, firstName: 'Ana', emailConfirmedAt: expect.any(Date) };
    expect(await employeeOf(person.email)).toMatchObject(claimed);
    expect('access' in (await browser.session())).toBe(status === 'approved');
    expect(await identitiesOf(person.sub)).toBe(1);
  },
);

test.each([
  ['closed', [], 'registration_closed'],
  ['domains', ['other.example'], 'registration_closed'],
  ['domains', ['maravia.example'], 'pending'],
] as const)('where registration is %s %j, a stranger is answered %s', async (registration, domains, reason) => {
  await set(desk(), 'registration', registration);
  await set(desk(), 'registration_domains', domains);
  const person = somebody();
  expect(await comeAs(person)).toMatchObject({ status: 403, body: { details: { reason } } });
  expect((await employeeOf(person.email)) === null).toBe(reason !== 'pending');
  expect(await identitiesOf(person.sub)).toBe(reason === 'pending' ? 1 : 0);
});

test('somebody who registered and waits, or was rejected, is not linked by their address', async () => {
  for (const [status, reason] of [
    ['pending', 'pending'],
    ['rejected', 'not_approved'],
    ['disabled', 'not_approved'],
  ] as const) {
    const { id, email } = await desk().account('employee', `${status}@maravia.example`);
    await desk().transaction((tx) => tx.em.nativeUpdate(Employee, id, { status }));
    const person = somebody({ email });
    expect(await comeAs(person)).toMatchObject({ status: 403, body: { details: { reason } } });
    expect(await identitiesOf(person.sub)).toBe(0);
  }
});

test('staff link the provider themselves, and then sign in with it; unlinked, it opens nothing', async () => {
  const { id, email } = await desk().account('admin', 'boss@maravia.example');
  const as = client(desk().url, await desk().signIn(email));
  const person = somebody({ email: 'private@example.org', email_verified: false });
  provider.person = person;

  const browser = new OidcBrowser(desk().url);
  const begun = await as.post('/api/oidc/link', { to: '/profile' });
  expect(begun).toMatchObject({ status: 200, body: { url: '/api/oidc/start?linking=true' } });
  browser.keep(new URL(desk().url), begun.headers.getSetCookie());
  const back = await browser.go('?linking=true');
  expect([back.status, back.headers.get('location')]).toEqual([302, '/profile']);
  expect(await noticesOf(desk(), id)).toEqual(['identity-linked']);
  const { results } = (await as.get('/api/identities')).body as { results: { id: number; issuer: string }[] };
  expect(results).toEqual([{ id: expect.any(Number), issuer: provider.issuer, created_at: expect.any(String) }]);

  expect(await (await comeAs(person)).browser.session()).toMatchObject({ id, role: 'admin' });

  // Nobody else can take the same account, or unlink it.
  const other = client(
    desk().url,
    await desk().signIn((await desk().account('employee', 'other@maravia.example')).email),
  );
  const thief = new OidcBrowser(desk().url);
  thief.keep(new URL(desk().url), (await other.post('/api/oidc/link')).headers.getSetCookie());
  expect((await thief.go('?linking=true')).status).toBe(409);
  expect((await other.send('DELETE', `/api/identities/${results[0]!.id}`)).status).toBe(404);

  expect((await as.send('DELETE', `/api/identities/${results[0]!.id}`)).status).toBe(200);
  expect(await comeAs(person)).toMatchObject({ status: 403, body: { details: { reason: 'email_unverified' } } });
  expect(await noticesOf(desk(), id)).toEqual(['identity-linked', 'identity-unlinked']);
});

test('linking goes no further once the session that asked for it has ended', async () => {
  const { email } = await desk().account('employee', 'left@maravia.example');
  const signedIn = await client(desk().url).post('/api/token/employee', { email, password: 'correct horse battery' });
  const begun = await client(desk().url, String(signedIn.body['access'])).post('/api/oidc/link');
  const person = somebody({ email: 'left@example.org' });
  provider.person = person;
  const browser = new OidcBrowser(desk().url);
  browser.keep(new URL(desk().url), begun.headers.getSetCookie());
  const callback = await browser.signIn(await browser.start('?linking=true'));
  await client(desk().url).post('/api/token/revoke', { refresh: signedIn.body['refresh'] });
  expect((await browser.comeBack(callback)).status).toBe(401);
  expect(await identitiesOf(person.sub)).toBe(0);
});

test('an account with a second factor is asked for it after the provider, too', async () => {
  const { id, email } = await desk().account('employee', 'careful@maravia.example');
  const { secret } = await enrolApp(client(desk().url, await desk().signIn(email)), now);
  ahead += 30_000;
  const { location, browser } = await comeAs(somebody({ email }), '?to=/tickets/TX0002');
  const [, challenge = ''] = /^\/sign-in\?to=%2Ftickets%2FTX0002#second-factor=([\w-]{43})$/.exec(location ?? '') ?? [];
  expect(await browser.session()).not.toHaveProperty('access');
  const options = await client(desk().url).post('/api/token/second-factor/options', { challenge });
  expect(options.body).toMatchObject({ methods: ['totp', 'recovery_code'], passkey: null, expires_in: 300 });
  const answer = await giveFactor(desk(), challenge, { code: codeAt(secret, now()) });
  expect(answer).toMatchObject({ status: 200, body: { id } });
});

test('V18: staff who come by the provider set up a second factor first where one is required', async () => {
  const { id, email } = await desk().account('admin', 'required@maravia.example');
  const person = somebody();
  await desk().transaction(async (tx) => {
    tx.em.create(Identity, { employeeId: id, issuer: provider.issuer, subject: person.sub, createdAt: tx.now });
  });
  await set(desk(), 'staff_second_factor', true);
  const session = await (await comeAs({ ...person, email })).browser.session();
  await set(desk(), 'staff_second_factor', false);
  expect(session).toMatchObject({ id, enrolment_required: true });
});

test('V23: whoever the provider let through without asking has not signed in just now; a fresh sign-in asks them', async () => {
  const { email } = await desk().account('employee', 'fresh@maravia.example');
  provider.person = somebody({ email });
  const browser = new OidcBrowser(desk().url);
  const unlink = async () =>
    client(desk().url, String((await browser.session())['access'])).send('DELETE', '/api/identities/999999');
  await browser.go();
  expect((await unlink()).status).toBe(404);
  const before = provider.logins;
  ahead = 16 * 60_000;
  await browser.go();
  expect(provider.logins).toBe(before);
  expect(await unlink()).toMatchObject({ status: 403, body: { code: 'reauthentication_required' } });
  expect((await browser.go('?fresh=true')).status).toBe(302);
  expect(provider.logins).toBe(before + 1);
});

test('when somebody cancels at the provider, a browser is told in words', async () => {
  provider.person = somebody();
  const browser = new OidcBrowser(desk().url);
  const { searchParams } = await browser.start();
  const cancelled = new URL('http://localhost:8080/api/oidc/callback');
  cancelled.search = `?error=access_denied&state=${searchParams.get('state')}&iss=${encodeURIComponent(provider.issuer)}`;
  const response = await browser.comeBack(cancelled, { accept: 'text/html,application/xhtml+xml' });
  expect([response.status, response.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8']);
  expect(await response.text()).toContain('<a href="/sign-in">');
});

test.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'tickets', '/a b', '/#signed-in', ''])(
  'nobody is sent on to "%s"',
  async (to) => {
    const response = await fetch(`${desk().url}/api/oidc/start?to=${encodeURIComponent(to)}`, { redirect: 'manual' });
    expect(response.status).toBe(400);
  },
);
