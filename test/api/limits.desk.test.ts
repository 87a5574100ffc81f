import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDesk } from '../../src/app.ts';
import { LIMIT_NAMES, LIMITS, type LimitName } from '../../src/contract/limits.ts';
import { PATHS, type RouteName } from '../../src/contract/paths.ts';
import { limitsOf, type Route } from '../../src/contract/route.ts';
import { ROUTES } from '../../src/contract/routes.ts';
import { silent } from '../../src/log.ts';
import { fingerprint } from '../../src/secrets.ts';
import { auditRows } from '../support/audit.ts';
import { client, type Answer, type Client } from '../support/client.ts';
import { PASSWORD, SECRET_KEYS, useDesk } from '../support/desk.ts';
import { picture } from '../support/pictures.ts';
import { cuttableProxy } from '../support/proxy.ts';
import { useStatements } from '../support/statements.ts';

const proxy = cuttableProxy();
const EARNEST = { RATE_LIMIT_FACTOR: '1' };
/** Every request says where it comes from: each test has a network of its own. */
const desk = useDesk({ web: true, env: { ...EARNEST, TRUSTED_PROXY: '127.0.0.1' }, reach: (url) => proxy.reach(url) });
const bare = useDesk({ web: true, env: EARNEST });
const statements = useStatements();
afterAll(() => proxy.cut());

let networks = 0;
const newNetwork = () => ({ 'x-forwarded-for': `198.51.100.${++networks}` });
const post = (path: string, body: unknown, from: Record<string, string>, url = desk().url) =>
  client(url).send('POST', path, body, from);
const guess = (email: string, from: Record<string, string>, password = 'wrong', url = desk().url) =>
  post('/api/token/employee', { email, password }, from, url);

async function times(count: number, send: () => Promise<Answer>): Promise<number[]> {
  const statuses: number[] = [];
  for (let n = 0; n < count; n++) statuses.push((await send()).status);
  return statuses;
}

/** Exact: whole seconds until the window ends, by which the client is told to wait. */
function expectRefused(answer: Answer, limit: LimitName): void {
  expect(answer.status).toBe(429);
  const wait = Number(answer.headers.get('retry-after'));
  expect(Number.isInteger(wait) && wait >= 1 && wait <= LIMITS[limit].seconds, String(wait)).toBe(true);
  expect(answer.body).toMatchObject({ code: 'rate_limited', details: { retry_after: wait } });
  expect(answer.headers.get('ratelimit')).toBe(`"${limit}";r=0;t=${wait}`);
  expect(answer.headers.get('ratelimit-policy')).toBe(`"${limit}";q=${LIMITS[limit].most};w=${LIMITS[limit].seconds}`);
}

let [id, otherId] = [0, 0];
let me: Client;
let other: Client;
beforeAll(async () => {
  const signIn = async (email: string) => {
    const answer = await guess(email, newNetwork(), PASSWORD);
    return client(desk().url, String(answer.body['access']));
  };
  ({ id } = await desk().account('employee'));
  ({ id: otherId } = await desk().account('coordinator'));
  me = await signIn('employee@desk.example');
  other = await signIn('coordinator@desk.example');
});

test('V7: every route that anybody may call and that is more than a look has a limit by network, every other one a limit by person', () => {
  const routes = Object.entries(ROUTES) as [RouteName, Route][];
  const openAndUnlimited = routes.filter(
    ([name, { access, limits }]) =>
      access === 'anyone' && PATHS[name][0] !== 'GET' && !limits.some((limit) => LIMITS[limit].by === 'ip'),
  );
  expect(openAndUnlimited.map(([name]) => name)).toEqual([]);
  for (const [name, route] of routes) {
    if (route.access === 'anyone') continue;
    expect(limitsOf(route), name).toContain('api');
    expect(limitsOf(route).includes('upload'), name).toBe(route.takes !== 'json');
  }
});

// prettier-ignore
test('V7: the limits of each route are these', () => {
  const guesses = ['sign-in', 'sign-in-ip', 'sign-in-everybody'];
  const mails = ['mail-ip', 'mail-everybody'];
  const expected: Partial<Record<RouteName, string[]>> = {
    employeeToken: guesses, adminToken: guesses, refreshToken: ['refresh'], signOut: ['refresh'],
    askSignInLink: ['sign-in-link', ...mails], linkToken: ['link'],
    forgotPassword: ['reset', ...mails], resetPassword: ['link'], changeEmail: ['link'],
    confirmToken: ['confirm', 'api'], changePassword: ['confirm', 'api'], askEmailChange: ['change-email', 'api'],
    giveSecondFactor: ['sign-in-step'], passkeyToken: ['sign-in-step'], startOidc: ['sign-in-step'], finishOidc: ['sign-in-step'],
    pushMessage: ['push'], workflowCallback: ['push'],
    readByLink: ['status-link'], replyByLink: ['status-link-words', 'status-link'], answerByLink: ['status-link-words', 'status-link'],
    setPicture: ['upload', 'api'], openTicket: ['upload', 'api'], listTickets: ['api'],
  };
  for (const [name, limits] of Object.entries(expected)) expect(limitsOf(ROUTES[name as RouteName]), name).toEqual(limits);
  expect(Object.fromEntries(LIMIT_NAMES.map((name) => [name, `${LIMITS[name].most} in ${LIMITS[name].seconds} s by ${LIMITS[name].by}`]))).toMatchObject({
    'sign-in': '5 in 900 s by address and ip', 'sign-in-ip': '50 in 3600 s by ip',
    'reset': '3 in 3600 s by address', 'api': '300 in 60 s by user', 'upload': '30 in 60 s by user',
  });
});

test('T32: the sixth wrong password for an address from one network is refused until the window ends, whoever has the address', async () => {
  for (const email of ['employee@desk.example', 'nobody@desk.example']) {
    const from = newNetwork();
    expect(await times(5, () => guess(email, from))).toEqual([401, 401, 401, 401, 401]);
    expectRefused(await guess(email, from), 'sign-in');
    expectRefused(await guess(` ${email.toUpperCase()} `, from, PASSWORD), 'sign-in');
    // From elsewhere the person comes in: nobody can lock them out.
    expect((await guess('employee@desk.example', newNetwork(), PASSWORD)).status).toBe(200);
  }
});

test('what is left is said with every answer, and a right password gives the tries back', async () => {
  const from = newNetwork();
  const left = (answer: Answer) => /"sign-in";r=(\d+)/.exec(answer.headers.get('ratelimit') ?? '')?.[1];
  const answers = [await guess('employee@desk.example', from), await guess('employee@desk.example', from)];
  expect(answers.map(left)).toEqual(['4', '3']);
  expect(answers[0]?.headers.get('ratelimit-policy')).toBe(
    '"sign-in";q=5;w=900, "sign-in-ip";q=50;w=3600, "sign-in-everybody";q=600;w=60',
  );
  expect((await guess('employee@desk.example', from, PASSWORD)).status).toBe(200);
  const after = await guess('employee@desk.example', from);
  expect(after.headers.get('ratelimit')).toMatch(/^"sign-in";r=4;t=\d+, "sign-in-ip";r=47;t=\d+, "sign-in-everybody";/);
});

test('T32: fifty wrong passwords from one network are all it has, for whatever addresses', async () => {
  const from = newNetwork();
  await guess('first@desk.example', from);
  await use('sign-in-ip', 48);
  expect((await guess('49th@desk.example', from)).status).toBe(401);
  expect((await guess('50th@desk.example', from)).status).toBe(401);
  expectRefused(await guess('employee@desk.example', from, PASSWORD), 'sign-in-ip');
  expect((await guess('employee@desk.example', newNetwork(), PASSWORD)).status).toBe(200);
});

test('a limit that is reached takes nothing off the other ones', async () => {
  const from = newNetwork();
  await times(9, () => guess('patient@desk.example', from));
  expect((await guess('other@desk.example', from)).headers.get('ratelimit')).toMatch(/"sign-in-ip";r=44;/);

  await use('sign-in-ip', LIMITS['sign-in-ip'].most);
  expect(await times(3, () => guess('other@desk.example', from))).toEqual([429, 429, 429]);
  const key = fingerprint(desk().secrets.fingerprint, from['x-forwarded-for']);
  await desk().limiter.forget('sign-in-ip', key);
  expect((await guess('other@desk.example', from)).headers.get('ratelimit')).toMatch(/^"sign-in";r=3;/);
});

test('a flood beyond a limit costs the database nothing', async () => {
  const from = newNetwork();
  await times(6, () => guess('flood@desk.example', from));
  const before = await counters();
  statements.take();
  expect(new Set(await times(20, () => guess('flood@desk.example', from)))).toEqual(new Set([429]));
  expect(statements.take()).toEqual([]);
  expect(await counters()).toEqual(before);
});

const counters = () => desk().transaction((tx) => tx.em.execute('select key, points from rate_limit order by key'));

test('neither addresses nor networks are kept: not in the counters, not in the audit log', async () => {
  const rows = JSON.stringify([await counters(), await auditRows(desk())]);
  expect(rows).not.toContain('desk.example');
  expect(rows).not.toContain('198.51.100');
});

test('a limit that is reached is written into the audit log, once', async () => {
  const reached = async () =>
    (await auditRows(desk(), 'limit.reached')).filter(({ data }) => data['limit'] === 'sign-in');
  const before = (await reached()).length;
  const from = newNetwork();
  await times(9, () => guess('written-down@desk.example', from));
  const rows = (await reached()).slice(before);
  expect(rows).toMatchObject([{ outcome: 'refused', actor_id: null, data: { route: 'employeeToken' } }]);
});

test('limits are shared by all processes and survive a restart', async () => {
  const from = newNetwork();
  await times(4, () => guess('shared@desk.example', from));
  const open = () =>
    openDesk({
      ...{ config: desk().config, databaseUrl: desk().databaseUrl, secretKeys: SECRET_KEYS, log: silent, parsers: 1 },
      ...{ publicUrl: 'http://localhost:8080', transport: null },
    });
  for (const status of [401, 429]) {
    const other = await open();
    const web = await other.startWeb(0, '127.0.0.1');
    expect((await guess('shared@desk.example', from, 'wrong', `http://127.0.0.1:${web.port}`)).status).toBe(status);
    await web.stop();
    await other.close();
  }
  expect((await guess('shared@desk.example', from)).status).toBe(429);
});

test('twenty guesses at once are five', async () => {
  const from = newNetwork();
  const answers = await Promise.all(Array.from({ length: 20 }, () => guess('parallel@desk.example', from)));
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(15);
});

test('V12: whoever connects without a configured proxy is who asks, whatever X-Forwarded-For says', async () => {
  expect(await times(6, () => guess('spoof@desk.example', newNetwork(), 'wrong', bare().url))).toEqual([
    ...[401, 401, 401, 401, 401],
    429,
  ]);
});

test('with the window over, it begins anew', async () => {
  const from = newNetwork();
  await times(5, () => guess('later@desk.example', from));
  await desk().transaction((tx) => tx.em.execute('update rate_limit set expire = expire - 900000'));
  expect(await times(2, () => guess('later@desk.example', from))).toEqual([401, 401]);
});

test.each<[string, LimitName]>([
  ['/api/password/forgot', 'reset'],
  ['/api/sign-in-link', 'sign-in-link'],
])(
  'of mails that %s has sent to one address, the fourth in an hour is refused, and from one network the 31st',
  async (path, limit) => {
    const ask = (email: string, from: Record<string, string>) => post(path, { email }, from);
    expect(await times(3, () => ask('asked@desk.example', newNetwork()))).toEqual([200, 200, 200]);
    expectRefused(await ask('asked@desk.example', newNetwork()), limit);
    const from = newNetwork();
    let n = 0;
    expect(new Set(await times(30, () => ask(`${limit}-${++n}@desk.example`, from)))).toEqual(new Set([200]));
    expectRefused(await ask('one-more@desk.example', from), 'mail-ip');
  },
);

/** The bounds for everybody together are far: the counter is put just before them. */
test.each<[LimitName, () => Promise<Answer>]>([
  ['sign-in-everybody', () => guess('any@desk.example', newNetwork())],
  ['mail-everybody', () => post('/api/password/forgot', { email: `all-${networks}@desk.example` }, newNetwork())],
])('%s bounds what all together may ask', async (limit, send) => {
  expect((await send()).status).toBeLessThan(402);
  await desk().transaction((tx) =>
    tx.em.execute('update rate_limit set points = ? where key = ?', [LIMITS[limit].most, `${limit}:all`]),
  );
  expectRefused(await send(), limit);
  await desk().limiter.forget(limit, 'all');
  expect((await send()).status).toBeLessThan(402);
});

test.each<[LimitName, string, string, object]>([
  ['link', 'POST', '/api/token/link', { token: 'x' }],
  ['link', 'POST', '/api/password/reset', { token: 'x', password: 'x' }],
  ['link', 'POST', '/api/profile/email/confirm', { token: 'x' }],
  ['refresh', 'POST', '/api/token/refresh', { refresh: 'x' }],
  ['refresh', 'POST', '/api/token/revoke', {}],
  ['sign-in-step', 'POST', '/api/token/passkey/options', {}],
])('%s bounds what one network may ask: %s %s', async (limit, method, path, body) => {
  const from = newNetwork();
  const send = () => client(desk().url).send(method, path, body, from);
  expect((await send()).headers.get('ratelimit')).toMatch(new RegExp(`^"${limit}";r=${LIMITS[limit].most - 1};`));
  await use(limit, LIMITS[limit].most);
  expectRefused(await send(), limit);
});

test.each<[LimitName, string, string, object]>([
  ['confirm', 'POST', '/api/token/confirm', { password: 'wrong' }],
  ['confirm', 'POST', '/api/password', { current: 'wrong', new: 'another horse battery' }],
  ['change-email', 'POST', '/api/profile/email', { email: 'new@desk.example' }],
  ['api', 'GET', '/api/tickets', {}],
  ['api', 'DELETE', '/api/sessions', {}],
])('%s bounds what one person may ask: %s %s', async (limit, method, path, body) => {
  await desk().limiter.forget(limit, String(id));
  const send = () => me.send(method, path, method === 'GET' ? undefined : body);
  expect((await send()).headers.get('ratelimit')).toContain(`"${limit}";r=${LIMITS[limit].most - 1};`);
  await use(limit, LIMITS[limit].most);
  expectRefused(await send(), limit);
  expect((await other.get('/api/profile')).status).toBe(200);
  await desk().limiter.forget(limit, String(id));
});

test('upload bounds what one person may send, before the bytes are read', async () => {
  const body = await picture(10, 10);
  const send = async () => {
    const response = await me.raw('/api/profile/picture', {
      method: 'PUT',
      headers: { 'content-type': 'image/png' },
      body,
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] };
  };
  expect((await send()).headers.get('ratelimit')).toMatch(/^"upload";r=29;t=\d+, "api";r=\d+;/);
  await use('upload', LIMITS.upload.most);
  expectRefused(await send(), 'upload');
});

/** As if everybody who was counted but `other` had used so many. */
async function use(limit: LimitName, points: number): Promise<void> {
  await desk().transaction((tx) =>
    tx.em.execute(`update rate_limit set points = ? where key like ? and key <> ?`, [
      points,
      `${limit}:%`,
      `${limit}:${otherId}`,
    ]),
  );
}

test('with the counters out of reach nothing is let through either', async () => {
  const from = newNetwork();
  const owner = new pg.Client(desk().databaseOwnerUrl);
  await owner.connect();
  await owner.query('alter table rate_limit rename to elsewhere');
  for (const answer of [await guess('employee@desk.example', from, PASSWORD), await me.get('/api/tickets')])
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable', details: {} } });
  await owner.query('alter table elsewhere rename to rate_limit');
  expect((await guess('employee@desk.example', from, PASSWORD)).status).toBe(200);
  await owner.end();
});

test('with the database away nothing is let through: 503, not a sign-in without limit', async () => {
  const from = newNetwork();
  await proxy.cut();
  for (const answer of [
    await guess('employee@desk.example', from, PASSWORD),
    await post('/api/password/forgot', { email: 'employee@desk.example' }, from),
    await post('/api/token/refresh', { refresh: 'x' }, from),
    await me.get('/api/tickets'),
  ]) {
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  await proxy.mend();
});
