import { hashing } from '../support/argon2.ts';
import pg from 'pg';
import { beforeEach, describe, expect, test } from 'vitest';
import { Employee } from '../../src/people/employee.ts';
import { endSessions } from '../../src/people/end-sessions.ts';
import { createAccount } from '../../src/people/sign-in.ts';
import { auditRows } from '../support/audit.ts';
import { client, type Answer } from '../support/client.ts';
import { PASSWORD, useDesk } from '../support/desk.ts';
import { linksOf, sendAskedLinks } from '../support/links.ts';
import { eventually } from '../support/processes.ts';
import { useStatements } from '../support/statements.ts';

/** Milliseconds by which the desk's clock is ahead of ours. */
let ahead = 0;
const desk = useDesk({ web: true, clock: () => new Date(Date.now() + ahead) });
const statements = useStatements();
beforeEach(() => {
  ahead = 0;
});

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NEW = 'another horse battery';

let people = 0;
const account = (role: 'employee' | 'coordinator' | 'admin' = 'employee') =>
  desk().account(role, `${role}-${++people}@desk.example`);
const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  client(desk().url).send('POST', path, body, headers);
const signIn = (email: string, headers = {}, password = PASSWORD) =>
  post('/api/token/employee', { email, password }, headers);
const as = (answer: Answer) => client(desk().url, String(answer.body['access']));
const works = async (answer: Answer) => (await as(answer).get('/api/tickets')).status === 200;
const renews = async ({ body }: Answer) =>
  (await post('/api/token/refresh', { refresh: body['refresh'] })).status === 200;
const setStatus = (id: number, status: Employee['status']) =>
  desk().transaction((tx) => tx.em.nativeUpdate(Employee, id, { status }));

describe('T32: who exists cannot be told', () => {
  async function refusal(email: string, password: string) {
    statements.take();
    hashing.take();
    const { status, body, headers } = await signIn(email, {}, password);
    return {
      ...{ status, body, hashed: hashing.take(), headers: [...headers.keys()].sort() },
      // What is asked of the database, without the values.
      statements: statements.take().map((text) => text.replace(/'(?:[^']|'')*'(::jsonb)?|\b\d+\b|\bnull\b/g, '…')),
    };
  }

  test('T32: an unknown address, a wrong password and every account that may not sign in cost the same work and get the same answer', async () => {
    // As the product makes it: the accounts of the other tests have the cheapest hash that there is.
    const known = { email: 'known@desk.example', password: PASSWORD };
    const names = { firstName: 'Known', lastName: 'Example', role: 'employee' as const };
    await createAccount(desk().transaction, { ...known, ...names });
    const closed = await Promise.all(
      (['contact', 'pending', 'rejected', 'disabled'] as const).map(async (status) => {
        const email = `${status}@desk.example`;
        await createAccount(desk().transaction, { ...known, ...names, email });
        await desk().transaction((tx) => tx.em.nativeUpdate(Employee, { email }, { status }));
        return email;
      }),
    );
    const refusals = [
      await refusal('nobody@desk.example', PASSWORD),
      await refusal(known.email, 'wrong'),
      await refusal('', 'x').then(() => refusal('not an address', PASSWORD)),
    ];
    for (const email of closed) refusals.push(await refusal(email, PASSWORD));
    for (const one of refusals) expect(one).toEqual(refusals[0]);
    expect(refusals[0]).toMatchObject({
      status: 401,
      body: { code: 'invalid_credentials', details: {} },
      hashed: [{ memory: 47_104, passes: 1, parallelism: 1, tagLength: 32 }],
    });
    expect(refusals[0]?.statements.length).toBeLessThan(10);
  });

  test.each(['/api/password/forgot', '/api/sign-in-link'])(
    'T32: at %s every address costs the same work and gets the same answer',
    async (path) => {
      const { email } = await account();
      const disabled = await account();
      await setStatus(disabled.id, 'disabled');
      const work = async (of: string) => {
        statements.take();
        const { status, body } = await post(path, { email: of });
        return { status, body, statements: statements.take().map((text) => text.replace(/'[^']*'/g, '…')) };
      };
      const [first, ...others] = [await work(email), await work('nobody@desk.example'), await work(disabled.email)];
      for (const other of others) expect(other).toEqual(first);
      expect(first).toMatchObject({ status: 200, body: {} });
      await sendAskedLinks(desk());
    },
  );
});

describe('the audit log', () => {
  test('says who signed in how, and who was refused why, without a name or an address', async () => {
    const { id, email } = await account();
    const employee = await account();
    const { body } = await signIn(email);
    await signIn(email, {}, 'wrong');
    await signIn('nobody@desk.example');
    await signIn('nobody@desk.example');
    await post('/api/token/admin', { email: employee.email, password: PASSWORD });
    await post('/api/token/revoke', { refresh: body['refresh'] });
    const entries = (await auditRows(desk(), 'session.opened', 'session.refused', 'session.ended')).slice(-6);
    expect(entries).toMatchObject([
      {
        action: 'session.opened',
        outcome: 'done',
        actor_id: String(id),
        subject_type: 'session',
        data: { method: 'password' },
      },
      {
        action: 'session.refused',
        outcome: 'refused',
        actor_id: null,
        subject_id: String(id),
        data: { reason: 'password' },
      },
      { action: 'session.refused', subject_id: null, data: { reason: 'unknown' } },
      { action: 'session.refused', subject_id: null, data: { reason: 'unknown' } },
      { action: 'session.refused', subject_id: String(employee.id), data: { reason: 'role' } },
      { action: 'session.ended', outcome: 'done', actor_id: String(id), subject_type: 'session' },
    ]);
    // The same address is known again, and cannot be read.
    expect(entries[2]?.data['address']).toBe(entries[3]?.data['address']);
    expect(entries[1]?.data['address']).not.toBe(entries[2]?.data['address']);
    expect(JSON.stringify(entries)).not.toMatch(/desk\.example|nobody|Example|battery/);
  });

  test('T30: says that a refresh token was used twice, and is silent about one that has only run out', async () => {
    const { email } = await account();
    const before = (await auditRows(desk(), 'session.reused')).length;
    const { body } = await signIn(email);
    ahead = 13 * HOUR;
    await post('/api/token/refresh', { refresh: body['refresh'] });
    expect((await auditRows(desk(), 'session.reused')).length).toBe(before);
    const again = (await signIn(email)).body['refresh'];
    const next = (await post('/api/token/refresh', { refresh: again })).body['refresh'];
    ahead += 11_000;
    expect((await post('/api/token/refresh', { refresh: again })).status).toBe(401);
    expect((await post('/api/token/refresh', { refresh: next })).status).toBe(401);
    expect((await auditRows(desk(), 'session.reused')).length).toBe(before + 1);
  });
});

describe('T31: nobody else puts a session into a browser, or uses the one that is there', () => {
  const portal = { 'x-client': 'portal' };
  const cookieOf = ({ headers }: Answer) => (headers.getSetCookie()[0] ?? '').split('; ')[0] ?? '';

  test.each(['/api/token/refresh', '/api/token/revoke', '/api/token/employee', '/api/token/link'])(
    'T31: a request of another site to %s is refused with 403, and the cookie stays good',
    async (path) => {
      const { email } = await account();
      const cookie = cookieOf(await signIn(email, portal));
      const body = path.endsWith('employee')
        ? { email, password: PASSWORD }
        : path.endsWith('link')
          ? { token: 'x' }
          : {};
      for (const origin of ['https://evil.example', 'null', `${desk().url}.evil.example`])
        expect(await post(path, body, { ...portal, cookie, origin })).toMatchObject({
          status: 403,
          body: { code: 'forbidden' },
        });
      expect((await post('/api/token/refresh', {}, { ...portal, cookie, origin: desk().url })).status).toBe(200);
    },
  );

  test('T31: what a form of another site can send is no request: neither its types nor a missing header pass', async () => {
    const { email } = await account();
    const cookie = cookieOf(await signIn(email, portal));
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])
      expect(
        (await post('/api/token/employee', JSON.stringify({ email, password: PASSWORD }), { 'content-type': type }))
          .status,
      ).toBe(415);
    expect((await post('/api/token/refresh', {}, { cookie })).status).toBe(401);
  });

  test('T31: no other site may read an answer', async () => {
    const { headers } = await client(desk().url).send('OPTIONS', '/api/token/employee', undefined, {
      origin: 'https://evil.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,x-client',
    });
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test.each(['password', 'link'])(
    'T31: a sign-in by %s makes a new session; the cookie that was there before is good for nothing after it',
    async (by) => {
      const [mine, planted] = [await account(), await account()];
      const before = await signIn(planted.email, portal);
      const cookie = cookieOf(before);
      await post('/api/sign-in-link', { email: mine.email });
      await sendAskedLinks(desk());
      const [token] = await linksOf(desk(), mine.id, 'sign-in');
      const after =
        by === 'password'
          ? await signIn(mine.email, { ...portal, cookie })
          : await post('/api/token/link', { token }, { ...portal, cookie });
      expect(after.body).toMatchObject({ id: mine.id });
      expect(cookieOf(after)).not.toBe(cookie);
      expect((await post('/api/token/refresh', {}, { ...portal, cookie })).status).toBe(401);
      expect(await works(before)).toBe(false);
      expect((await post('/api/token/refresh', {}, { ...portal, cookie: cookieOf(after) })).status).toBe(200);
    },
  );
});

describe('V21: what ends a session', () => {
  const others: [
    string,
    (email: string, id: number, mine: Answer) => Promise<unknown>,
    { mine: boolean; other: boolean },
  ][] = [
    ['a sign-in makes a new one beside it', (email) => signIn(email), { mine: true, other: true }],
    [
      'signing out ends this one',
      (_, __, { body }) => post('/api/token/revoke', { refresh: body['refresh'] }),
      { mine: false, other: true },
    ],
    ['disabling the account ends all', (_, id) => setStatus(id, 'disabled'), { mine: false, other: false }],
    [
      'a change of the password ends the others',
      (_, __, mine) => as(mine).post('/api/password', { current: PASSWORD, new: NEW }),
      { mine: true, other: false },
    ],
    [
      'choosing a password by a link ends all',
      async (email, id) => {
        await post('/api/password/forgot', { email });
        await sendAskedLinks(desk());
        const [token] = await linksOf(desk(), id, 'reset-password');
        expect((await post('/api/password/reset', { token, password: NEW })).status).toBe(200);
      },
      { mine: false, other: false },
    ],
    [
      'an admin who signs the person out ends all',
      (_, id) => desk().transaction((tx) => endSessions(tx, id)),
      { mine: false, other: false },
    ],
  ];

  test.each(others)('V21: %s', async (_, act, left) => {
    const { email, id } = await account();
    const [mine, other] = [await signIn(email), await signIn(email)];
    expect(mine.body['refresh']).not.toBe(other.body['refresh']);
    await act(email, id, mine);
    expect({ mine: await works(mine), other: await works(other) }).toEqual(left);
    expect({ mine: await renews(mine), other: await renews(other) }).toEqual(left);
  });

  test('V21: a sign-in in the moment of a change of the password leaves no session by the old one', async () => {
    const { email, id } = await account();
    const changing = new pg.Client(desk().databaseUrl);
    await changing.connect();
    await changing.query('begin');
    await changing.query(`update employee set password_hash = 'another' where id = $1`, [id]);
    let answered = false;
    const late = signIn(email).finally(() => (answered = true));
    const waits = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await eventually('it waits for the change', async () => answered || (await changing.query(waits)).rowCount === 1);
    await changing.query('update session set revoked_at = now() where employee_id = $1', [id]);
    await changing.query('commit');
    await changing.end();
    expect((await late).status).toBe(401);
    expect((await auditRows(desk(), 'session.refused')).at(-1)).toMatchObject({ data: { reason: 'changed' } });
  });
});

describe('V22: what time ends a session', () => {
  test('V22: twelve hours without a refresh end it, for access and refresh alike', async () => {
    const { email } = await account();
    const idle = await signIn(email);
    ahead = 12 * HOUR - 2 * MINUTE;
    expect(await works(idle)).toBe(true);
    ahead = 12 * HOUR + 1000;
    expect(await works(idle)).toBe(false);
    expect(await renews(idle)).toBe(false);
  });

  test('V22: thirty days end it, however often it is refreshed', async () => {
    const { email } = await account();
    let last = await signIn(email);
    const renew = async () => {
      last = await post('/api/token/refresh', { refresh: last.body['refresh'] });
    };
    for (; ahead < 30 * DAY - 11 * HOUR; ahead += 11 * HOUR) {
      await renew();
      expect(last.status).toBe(200);
    }
    await renew();
    ahead = 30 * DAY - 2 * MINUTE;
    expect(await works(last)).toBe(true);
    ahead = 30 * DAY + 1000;
    expect(await works(last)).toBe(false);
    await renew();
    expect(last.status).toBe(401);
  });
});

describe('where one is signed in', () => {
  interface Listed {
    id: number;
    current: boolean;
    user_agent: string;
    method: string;
  }
  const list = async (answer: Answer) =>
    ((await as(answer).get('/api/sessions')).body as { results: Listed[] }).results;

  test('is listed with what it is, the one that asks is marked, and what has ended is not there', async () => {
    const { email } = await account();
    const phone = await signIn(email, { 'user-agent': 'Phone' });
    ahead = 1000;
    const desktop = await signIn(email, { 'user-agent': 'Desktop' });
    const ended = await signIn(email);
    await post('/api/token/revoke', { refresh: ended.body['refresh'] });
    expect(await list(phone)).toMatchObject([
      { user_agent: 'Desktop', current: false, method: 'password' },
      { user_agent: 'Phone', current: true, method: 'password' },
    ]);
    expect(JSON.stringify(await list(desktop))).not.toContain(String(phone.body['refresh']));
    ahead = 13 * HOUR;
    expect(await list(await signIn(email))).toHaveLength(1);
  });

  test('can be ended one by one or all but this, only by the person themselves', async () => {
    const [mine, stranger] = [await account(), await signIn((await account('admin')).email)];
    const [here, there, elsewhere] = [await signIn(mine.email), await signIn(mine.email), await signIn(mine.email)];
    const of = async (answer: Answer) => (await list(answer)).find(({ current }) => current)?.id;
    const id = await of(there);
    for (const path of [`/api/sessions/${id}`, '/api/sessions/999999', '/api/sessions/x'])
      expect(await as(stranger).send('DELETE', path)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect((await as(here).send('DELETE', `/api/sessions/${id}`)).status).toBe(200);
    expect((await as(here).send('DELETE', `/api/sessions/${id}`)).status).toBe(404);
    expect([await works(here), await works(there), await works(elsewhere)]).toEqual([true, false, true]);
    expect(await as(here).send('DELETE', '/api/sessions')).toMatchObject({ status: 200, body: { ended: 1 } });
    expect([await works(here), await works(elsewhere), await works(stranger)]).toEqual([true, false, true]);
  });
});

describe('V23: a sign-in is recent for 15 minutes', () => {
  test('V23: an older one is asked to confirm itself, does so by the password, and is as good as new', async () => {
    const { email, id } = await account();
    const signedIn = await signIn(email);
    const change = () => as(signedIn).post('/api/profile/email', { email: `new-${people}@desk.example` });
    ahead = 13 * MINUTE;
    expect((await change()).status).toBe(200);
    ahead = 16 * MINUTE;
    expect(await change()).toMatchObject({ status: 403, body: { code: 'reauthentication_required' } });
    expect(await as(signedIn).post('/api/token/confirm', { password: 'wrong' })).toMatchObject({
      status: 403,
      body: { code: 'wrong_password' },
    });
    expect((await change()).status).toBe(403);
    const confirmed = await as(signedIn).post('/api/token/confirm', { password: PASSWORD });
    const until = new Date(String(confirmed.body['recent_until'])).getTime();
    expect(Math.abs(until - Date.now() - ahead - 15 * MINUTE)).toBeLessThan(2 * MINUTE);
    expect((await change()).status).toBe(200);
    const [refused, done] = (await auditRows(desk())).filter(
      ({ action, actor_id, data }) =>
        actor_id === String(id) && (action === 'session.confirmed' || data['code'] === 'wrong_password'),
    );
    expect([refused, done]).toMatchObject([
      { action: 'request.refused', data: { route: 'confirmToken' } },
      { action: 'session.confirmed', subject_type: 'session' },
    ]);
  });

  test('V23: a refresh makes a sign-in no younger', async () => {
    const { email } = await account();
    const signedIn = await signIn(email);
    ahead = 16 * MINUTE;
    const renewed = await post('/api/token/refresh', { refresh: signedIn.body['refresh'] });
    expect(await as(renewed).post('/api/profile/email', { email: 'x@desk.example' })).toMatchObject({
      status: 403,
      body: { code: 'reauthentication_required' },
    });
  });
});
