import { createHmac, generateKeyPairSync } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { beforeEach, expect, test } from 'vitest';
import { makeAccessToken } from '../../src/people/access-token.ts';
import { Employee } from '../../src/people/employee.ts';
import { Session } from '../../src/people/session.ts';
import { framePath } from '../../src/api/frame-token.ts';
import { client, type Answer } from '../support/client.ts';
import { PASSWORD, useDesk } from '../support/desk.ts';

/** Milliseconds by which the desk's clock is ahead of ours. */
let ahead = 0;
const desk = useDesk({ web: true, clock: () => new Date(Date.now() + ahead) });
beforeEach(() => {
  ahead = 0;
});

let people = 0;
async function account(role: 'employee' | 'coordinator' | 'admin' = 'employee'): Promise<Employee> {
  return desk().account(role, `${role}-${++people}@desk.example`);
}

const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  client(desk().url).send('POST', path, body, headers);
const signIn = (email: string, where = 'employee', headers = {}) =>
  post(`/api/token/${where}`, { email, password: PASSWORD }, headers);
const refresh = (token: unknown) => post('/api/token/refresh', { refresh: token });
const works = async (access: unknown) => (await client(desk().url, String(access)).get('/api/tickets')).status === 200;

test.each([
  ['employee', 'employee', 200],
  ['coordinator', 'employee', 200],
  ['coordinator', 'admin', 200],
  ['admin', 'admin', 200],
  ['employee', 'admin', 401],
] as const)('of an account with the role %s, a sign-in at /api/token/%s answers %i', async (role, where, status) => {
  const { email, id } = await account(role);
  const answer = await signIn(`  ${email.toUpperCase()} `, where);
  expect(answer.status).toBe(status);
  if (status !== 200) return;
  expect(answer.body).toMatchObject({ id, email, role, first_name: role, last_name: 'Example', expires_in: 600 });
  expect(await works(answer.body['access'])).toBe(true);
});

test('T32: an employee at the admin sign-in, a wrong password and an unknown address get the same answer', async () => {
  const { email } = await account('employee');
  const { email: staff } = await account('admin');
  const answers = [
    await signIn(email, 'admin'),
    await post('/api/token/admin', { email: staff, password: 'wrong' }),
    await post('/api/token/employee', { email, password: `${PASSWORD} ` }),
    await post('/api/token/admin', { email: 'nobody@desk.example', password: PASSWORD }),
    await post('/api/token/employee', { email: 'nobody@desk.example', password: PASSWORD }),
  ];
  for (const { status, body } of answers) expect({ status, body }).toEqual({ status: 401, body: answers[0]?.body });
  expect(answers[0]?.body).toMatchObject({ code: 'invalid_credentials', details: {} });
});

test.each(['contact', 'pending', 'rejected', 'disabled'] as const)(
  'an account that is %s cannot sign in',
  async (status) => {
    const { id, email } = await account();
    await desk().transaction((tx) => tx.em.nativeUpdate(Employee, id, { status }));
    expect(await signIn(email)).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
  },
);

test('an address or a password with a NUL character is refused like any other wrong field', async () => {
  for (const body of [
    { email: 'a\u0000b@desk.example', password: PASSWORD },
    { email: 'a@desk.example\u0000', password: PASSWORD },
  ])
    expect(await post('/api/token/employee', body)).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  expect((await post('/api/token/employee', { email: 'a@desk.example', password: '\u0000' })).status).toBe(401);
});

test('a refused request says how to authenticate (RFC 9110 §11.6.1)', async () => {
  expect((await client(desk().url).get('/api/tickets')).headers.get('www-authenticate')).toBe('Bearer');
});

test('T30: a refresh rotates the token; within ten seconds the old one gives the same next one, two at once too', async () => {
  const { email } = await account();
  const first = (await signIn(email)).body;
  ahead = 1000;
  const [second, again] = await Promise.all([refresh(first['refresh']), refresh(first['refresh'])]);
  expect([second.status, again.status]).toEqual([200, 200]);
  expect(second.body['refresh']).not.toBe(first['refresh']);
  expect(again.body['refresh']).toBe(second.body['refresh']);
  ahead += 9000;
  expect((await refresh(first['refresh'])).body['refresh']).toBe(second.body['refresh']);
  expect(await works(second.body['access'])).toBe(true);
  expect((await refresh(second.body['refresh'])).status).toBe(200);
});

test('T30: using the old token within its ten seconds does not lengthen them', async () => {
  const { email } = await account();
  const first = (await signIn(email)).body['refresh'];
  expect((await refresh(first)).status).toBe(200);
  ahead = 6000;
  expect((await refresh(first)).status).toBe(200);
  ahead = 12_000;
  expect((await refresh(first)).status).toBe(401);
});

test('T30: an old refresh token used later ends the session, for whoever holds the newer one too', async () => {
  const { email } = await account();
  const first = (await signIn(email)).body;
  const second = (await refresh(first['refresh'])).body;
  ahead = 11_000;
  expect(await refresh(first['refresh'])).toMatchObject({ status: 401, body: { code: 'authentication_required' } });
  expect((await refresh(second['refresh'])).status).toBe(401);
  expect(await works(second['access'])).toBe(false);
});

test('T30: a refresh token from several rotations ago ends the session too', async () => {
  const { email } = await account();
  const stolen = (await signIn(email)).body['refresh'];
  let held = stolen;
  for (let n = 0; n < 3; n++) held = (await refresh(held)).body['refresh'];
  expect((await refresh(stolen)).status).toBe(401);
  expect((await refresh(held)).status).toBe(401);
});

test('a made-up refresh token ends no session', async () => {
  const { email } = await account();
  const { refresh: token } = (await signIn(email)).body as { refresh: string };
  const [session = '', signature = '', secret = ''] = token.split('.');
  const forged = [
    `${session}.${'A'.repeat(22)}.${secret}`,
    `${session}.${signature}`,
    `${session}..${secret}`,
    `${Number(session) + 1}.${signature}.${secret}`,
    secret,
    'x',
  ];
  for (const made of forged) expect((await refresh(made)).status).toBe(401);
  expect((await refresh(token)).status).toBe(200);
});

test('a session ends after 30 days, and with its account', async () => {
  const { id, email } = await account();
  const old = (await signIn(email)).body['refresh'];
  ahead = 30 * 24 * 3600 * 1000 + 1000;
  expect((await refresh(old)).status).toBe(401);
  const { access, refresh: fresh } = (await signIn(email)).body;
  await desk().transaction((tx) => tx.em.nativeUpdate(Employee, id, { status: 'disabled' }));
  expect(await works(access)).toBe(false);
  expect((await refresh(fresh)).status).toBe(401);
});

test('a refresh token is kept as a hash only', async () => {
  const { id, email } = await account();
  const token = String((await signIn(email)).body['refresh']);
  const row = await desk().transaction((tx) => tx.em.findOneOrFail(Session, { employee: id }));
  expect(JSON.stringify(row)).not.toContain(token);
  expect(row.refreshHash).toMatch(/^[0-9a-f]{64}$/);
});

test('V8: the portal gets its refresh token in a __Host- cookie only, and uses it from its own origin only', async () => {
  const { email } = await account();
  const portal = { 'x-client': 'portal' };
  const signedIn = await signIn(email, 'employee', portal);
  expect(signedIn.body).toMatchObject({ refresh: null, access: expect.any(String) });
  const [cookie = '', ...more] = signedIn.headers.getSetCookie();
  expect(more).toEqual([]);
  const [pair = '', ...attributes] = cookie.split('; ');
  expect(pair).toMatch(/^__Host-refresh=[\w.-]{40,}$/);
  expect(attributes).toEqual(
    expect.arrayContaining(['Path=/', 'HttpOnly', 'Secure', 'SameSite=Strict', expect.stringMatching(/^Max-Age=\d+$/)]),
  );
  expect(attributes.some((attribute) => attribute.startsWith('Domain'))).toBe(false);

  const withCookie = (headers: Record<string, string>) =>
    post('/api/token/refresh', {}, { ...portal, cookie: pair, ...headers });
  for (const origin of ['https://evil.example', 'null', 'http://localhost:8080.evil.example'])
    expect(await withCookie({ origin })).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  const renewed = await withCookie({ origin: desk().url });
  expect(renewed).toMatchObject({ status: 200, body: { refresh: null } });
  expect(renewed.headers.getSetCookie()[0]).toMatch(/^__Host-refresh=.{40,}; Path=\//);
  expect((await withCookie({ origin: 'http://localhost:8080' })).status).toBe(200);

  // Without the portal's header the cookie counts for nothing: a foreign form cannot set it.
  expect((await post('/api/token/refresh', {}, { cookie: pair })).status).toBe(401);
  expect((await post('/api/token/refresh', {}, { ...portal, origin: desk().url })).status).toBe(401);
});

test.each(['body', 'cookie'])('V21: signing out by %s kills the access token at once', async (by) => {
  const { email } = await account();
  const headers = { 'x-client': by === 'cookie' ? 'portal' : 'tool' };
  const signedIn = await signIn(email, 'employee', headers);
  const [pair = ''] = (signedIn.headers.getSetCookie()[0] ?? '').split('; ');
  const { access, refresh: token } = signedIn.body;
  const other = (await signIn(email)).body['access'];
  expect(await works(access)).toBe(true);

  const given = by === 'cookie' ? {} : { refresh: token };
  const out = await post('/api/token/revoke', given, { ...headers, ...(by === 'cookie' && { cookie: pair }) });
  expect(out).toMatchObject({ status: 200, body: {} });
  if (by === 'cookie')
    expect(out.headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-refresh=; .*Max-Age=0/)]);
  expect(await works(access)).toBe(false);
  expect(await works(other)).toBe(true);
  expect((await post('/api/token/revoke', { refresh: 'never was one' })).status).toBe(200);
});

/** What a good token says, and the key it is signed with. */
interface Good {
  claims: { sub: string; sid: number; ver: number; iat: number; exp: number; iss: string; aud: string };
  key: Buffer;
  token: string;
  refresh: string;
}
const header = { alg: 'HS256', typ: 'at+jwt', kid: 'a' } as const;
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
/** Signs what no library would: the header goes as it is. */
function forge(head: object, claims: object, key: Buffer | string, hash = 'sha256'): string {
  const signed = `${base64(head)}.${base64(claims)}`;
  return `${signed}.${createHmac(hash, key).update(signed).digest('base64url')}`;
}
const tampered = (token: string, at: number, text: string) =>
  token
    .split('.')
    .map((part, n) => (n === at ? text : part))
    .join('.');
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

test.each<[string, (good: Good) => string]>([
  ['no signature (alg none)', ({ claims }) => `${base64({ ...header, alg: 'none' })}.${base64(claims)}.`],
  ['alg None in other case', ({ claims }) => `${base64({ ...header, alg: 'nOnE' })}.${base64(claims)}.`],
  ['an empty signature', ({ token }) => tampered(token, 2, '')],
  ['HS512', ({ claims, key }) => forge({ ...header, alg: 'HS512' }, claims, key, 'sha512')],
  ['HS384', ({ claims, key }) => forge({ ...header, alg: 'HS384' }, claims, key, 'sha384')],
  [
    'RS256',
    ({ claims }) =>
      jwt.sign(claims, privateKey, { algorithm: 'RS256', keyid: 'a', header: { ...header, alg: 'RS256' } }),
  ],
  ['another key', ({ claims }) => forge(header, claims, Buffer.alloc(32, 8))],
  ['an empty key', ({ claims }) => forge(header, claims, '')],
  ['an unknown key id', ({ claims, key }) => forge({ ...header, kid: 'z' }, claims, key)],
  ['no key id', ({ claims, key }) => forge({ alg: 'HS256', typ: 'at+jwt' }, claims, key)],
  ['a key id that is a path', ({ claims }) => forge({ ...header, kid: '../../dev/null' }, claims, '')],
  ['a key id that is __proto__', ({ claims }) => forge({ ...header, kid: '__proto__' }, claims, '')],
  [
    'a key of its own in the header',
    ({ claims }) => forge({ ...header, jwk: { kty: 'oct', k: 'AAAA' } }, claims, Buffer.alloc(3)),
  ],
  ['no expiry', ({ claims: { exp: _, ...claims }, key }) => forge(header, claims, key)],
  ['an expiry that is text', ({ claims, key }) => forge(header, { ...claims, exp: '9999999999' }, key)],
  ['an expiry in the past', ({ claims, key }) => forge(header, { ...claims, exp: claims.iat - 1 }, key)],
  ['a begin in the future', ({ claims, key }) => forge(header, { ...claims, nbf: claims.exp }, key)],
  ['another audience', ({ claims, key }) => forge(header, { ...claims, aud: 'frame' }, key)],
  ['no audience', ({ claims: { aud: _, ...claims }, key }) => forge(header, claims, key)],
  ['another issuer', ({ claims, key }) => forge(header, { ...claims, iss: 'someone' }, key)],
  ['no issuer', ({ claims: { iss: _, ...claims }, key }) => forge(header, claims, key)],
  ['another type', ({ claims, key }) => forge({ ...header, typ: 'JWT' }, claims, key)],
  ['no type', ({ claims, key }) => forge({ alg: 'HS256', kid: 'a' }, claims, key)],
  ['another subject', ({ claims, key }) => forge(header, { ...claims, sub: String(Number(claims.sub) + 1) }, key)],
  ['a subject that is no id', ({ claims, key }) => forge(header, { ...claims, sub: '1 or 1=1' }, key)],
  ['another session', ({ claims, key }) => forge(header, { ...claims, sid: claims.sid + 1000 }, key)],
  ['another version of the account', ({ claims, key }) => forge(header, { ...claims, ver: claims.ver + 1 }, key)],
  ['a changed payload', ({ token, claims }) => tampered(token, 1, base64({ ...claims, sub: '1' }))],
  ['a changed signature', ({ token }) => tampered(token, 2, 'A'.repeat(43))],
  ['a part too few', ({ token }) => token.split('.').slice(0, 2).join('.')],
  ['the refresh token', ({ refresh: token }) => token],
  ['the token of a frame', () => framePath(desk().secrets.frames, { kind: 'comment', id: 1 }).slice('/frame/'.length)],
  ['nothing at all', () => ''],
])('T29, V25: an access token with %s is refused', async (_, make) => {
  const signedIn = (await signIn(await knownEmail())).body as { access: string; refresh: string };
  const claims = jwt.decode(signedIn.access) as unknown as Good['claims'];
  const { keys, current } = desk().secrets.accessTokens;
  const key = keys.get(current) ?? Buffer.alloc(0);
  // What is forged differs from a good one in the named point only.
  expect(await works(forge(header, claims, key))).toBe(true);
  const answer = await client(desk().url, make({ claims, key, token: signedIn.access, refresh: signedIn.refresh })).get(
    '/api/tickets',
  );
  expect(answer).toMatchObject({
    status: 401,
    body: { code: 'authentication_required', error: 'Authentication required' },
  });
});

test('another scheme than Bearer is refused', async () => {
  const { access } = (await signIn(await knownEmail())).body as { access: string };
  for (const authorization of [`Basic ${access}`, access, `Bearer ${access} ${access}`, `Bearer`])
    expect((await client(desk().url).send('GET', '/api/tickets', undefined, { authorization })).status).toBe(401);
  expect(
    (await client(desk().url).send('GET', '/api/tickets', undefined, { authorization: `bearer ${access}` })).status,
  ).toBe(200);
});

test('an access token is good for ten minutes', () => {
  const now = 1_800_000_000;
  const token = makeAccessToken(desk().secrets.accessTokens, { employeeId: 1, sessionId: 2, version: 3 }, now);
  expect(jwt.decode(token)).toMatchObject({ iat: now, exp: now + 600, sub: '1', sid: 2, ver: 3 });
});

let known: string | null = null;
async function knownEmail(): Promise<string> {
  known ??= (await account()).email;
  return known;
}
