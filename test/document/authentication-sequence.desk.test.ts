import { hashing } from '../support/argon2.ts';
import jwt from 'jsonwebtoken';
import { beforeAll, describe, expect, test } from 'vitest';
import { Employee } from '../../src/people/employee.ts';
import { client, type Answer } from '../support/client.ts';
import { PASSWORD, useDesk } from '../support/desk.ts';
import { useStatements } from '../support/statements.ts';

/**
 * "Sequence Diagram: User Authentication Flow" and "JWT Token Flow Pattern" of the system document, step by step, over HTTP and on PostgreSQL. The
 * frontend is the portal's side of the wire: what it sends, keeps and sends again.
 */
const desk = useDesk({ web: true });
const statements = useStatements();

const EMAIL = 'ana@desk.example';
let ana: Employee;
beforeAll(async () => {
  ana = await desk().account('employee', EMAIL);
  await desk().account('coordinator');
});

const PORTAL = { 'x-client': 'portal' };
const logIn = (body: object, path = '/api/token/employee/') => client(desk().url).send('POST', path, body, PORTAL);

describe('the login (steps 1 to 8)', () => {
  let answer: Answer;
  let asked: string[];
  let hashed: unknown[];

  test('1, 2: the frontend posts what the employee typed to /api/token/employee/', async () => {
    statements.take();
    hashing.take();
    answer = await logIn({ email: EMAIL, password: PASSWORD });
    [asked, hashed] = [statements.take(), hashing.take()];
    expect(answer.status).toBe(200);
  });

  test('3, 4: the backend queries the employee once, by the address', () => {
    const queries = asked.filter((text) => /from "employee"/.test(text) && text.includes(EMAIL));
    expect(queries).toHaveLength(1);
  });

  test('5: it validates the password and the status', async () => {
    expect(hashed).toHaveLength(1);
    expect(await logIn({ email: EMAIL, password: 'wrong' })).toMatchObject({ status: 401 });
    const set = (status: Employee['status']) =>
      desk().transaction((tx) => tx.em.nativeUpdate(Employee, ana.id, { status }));
    for (const status of ['pending', 'rejected', 'disabled'] as const) {
      await set(status);
      expect(await logIn({ email: EMAIL, password: PASSWORD }), status).toMatchObject({
        status: 401,
        body: { code: 'invalid_credentials', error: expect.any(String) },
      });
    }
    await set('approved');
  });

  test('6: it makes an access token (JWT) of ten minutes and a refresh token, which is known to the browser only', () => {
    const { header, payload } = jwt.decode(String(answer.body['access']), { complete: true }) ?? {};
    expect(header).toMatchObject({ alg: 'HS256', typ: 'at+jwt' });
    const claims = payload as Record<string, number>;
    expect(claims).toMatchObject({ sub: String(ana.id), iss: 'smartsupport', aud: 'api' });
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(600);
    const [cookie = ''] = answer.headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-refresh=[\w.-]{60,};/);
    expect(asked.join()).not.toContain(/=([^;]+)/.exec(cookie)?.[1]);
  });

  test('7: it returns tokens and user info', () => {
    expect(answer.body).toMatchObject({
      ...{ access: expect.any(String), expires_in: 600, id: ana.id, email: EMAIL },
      ...{ role: 'employee', first_name: 'employee', last_name: 'Example' },
    });
  });

  test('8: the frontend can store the access token in memory alone: no script can read the other one, and no answer repeats it', () => {
    expect(answer.body['refresh']).toBeNull();
    expect(answer.headers.getSetCookie()[0]).toMatch(/; HttpOnly; Secure; SameSite=Strict$/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });
});

describe('a protected resource (steps 9 to 14)', () => {
  test('9, 10: the frontend calls the API with the token in the Authorization header; without one it is sent to the login', async () => {
    const { body } = await logIn({ email: EMAIL, password: PASSWORD });
    const withToken = client(desk().url, String(body['access']));
    expect((await withToken.get('/api/tickets/')).status).toBe(200);
    expect(await client(desk().url).get('/api/tickets/')).toMatchObject({
      status: 401,
      body: { error: 'Authentication required', code: 'authentication_required' },
    });
  });

  test('11: the backend verifies signature, expiry, session and status of the account', async () => {
    const { body } = await logIn({ email: EMAIL, password: PASSWORD });
    const access = String(body['access']);
    const forged = `${access.slice(0, access.lastIndexOf('.'))}.${'A'.repeat(43)}`;
    expect((await client(desk().url, forged).get('/api/tickets')).status).toBe(401);
    statements.take();
    expect((await client(desk().url, access).get('/api/tickets')).status).toBe(200);
    expect(statements.take().filter((text) => /from "session"/.test(text))).toHaveLength(1);
    await desk().transaction((tx) => tx.em.nativeUpdate(Employee, ana.id, { status: 'disabled' }));
    expect((await client(desk().url, access).get('/api/tickets')).status).toBe(401);
    await desk().transaction((tx) => tx.em.nativeUpdate(Employee, ana.id, { status: 'approved' }));
  });

  test('12, 13, 14: it processes the request as that person and role, and the frontend has what it displays', async () => {
    const asEmployee = client(desk().url, String((await logIn({ email: EMAIL, password: PASSWORD })).body['access']));
    const asStaff = client(
      desk().url,
      String(
        (await logIn({ email: 'coordinator@desk.example', password: PASSWORD }, '/api/token/admin/')).body['access'],
      ),
    );
    const mine = await asEmployee.post('/api/tickets', { subject: 'Mine', description: 'Words.' });
    await asStaff.post('/api/tickets', { subject: 'Not mine', description: 'Words.' });
    const subjects = async (of: typeof asStaff) =>
      ((await of.get('/api/tickets')).body as { results: { subject: string }[] }).results.map(({ subject }) => subject);
    expect(await subjects(asEmployee)).toEqual(['Mine']);
    expect(await subjects(asStaff)).toEqual(['Not mine', 'Mine']);
    expect((await asEmployee.get(`/api/tickets/${mine.body['id']}`)).body).toMatchObject({
      subject: 'Mine',
      status: 'new',
    });
  });

  test('afterwards the cookie brings the next access token, until the person signs out', async () => {
    const signedIn = await logIn({ email: EMAIL, password: PASSWORD });
    const cookieOf = ({ headers }: Answer) => (headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
    const post = (path: string, cookie: string) =>
      client(desk().url).send('POST', path, {}, { ...PORTAL, cookie, origin: desk().url });
    const renewed = await post('/api/token/refresh/', cookieOf(signedIn));
    expect(renewed).toMatchObject({ status: 200, body: { id: ana.id, refresh: null } });
    expect((await post('/api/token/revoke/', cookieOf(renewed))).status).toBe(200);
    expect((await post('/api/token/refresh/', cookieOf(renewed))).status).toBe(401);
    expect((await client(desk().url, String(renewed.body['access'])).get('/api/tickets')).status).toBe(401);
  });
});
