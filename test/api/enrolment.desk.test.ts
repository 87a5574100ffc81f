import { beforeEach, expect, test } from 'vitest';
import { PATHS, type RouteName } from '../../src/contract/paths.ts';
import { ROUTES } from '../../src/contract/routes.ts';
import type { Route } from '../../src/contract/route.ts';
import { client, type Client } from '../support/client.ts';
import { useDesk } from '../support/desk.ts';
import { askedFor, auditOf, codeAt, enrolApp, giveFactor, givePassword, set } from '../support/factors.ts';

/** Milliseconds by which the desk's clock is ahead of ours. */
let ahead = 0;
const now = () => new Date(Date.now() + ahead);
const desk = useDesk({ web: true, clock: now });
beforeEach(async () => {
  ahead = 0;
  await set(desk(), 'staff_second_factor', false);
});

const MINUTE = 60_000;
let people = 0;
const account = (role: 'employee' | 'coordinator' | 'admin') =>
  desk().account(role, `enrolment-${++people}@desk.example`);
const requireFactor = () => set(desk(), 'staff_second_factor', true);
const as = (session: Record<string, unknown>) => client(desk().url, String(session['access']));
const refresh = (session: Record<string, unknown>) =>
  client(desk().url).post('/api/token/refresh', { refresh: session['refresh'] });

/** Operations that need a sign-in, as requests that are refused before anything of them is looked at. */
const guarded = (Object.keys(PATHS) as RouteName[]).filter((name) => ROUTES[name].access !== 'anyone');
const routeOf = (name: RouteName): Route => ROUTES[name];
/** With names of things that could be. */
const pathOf = (name: RouteName, path: string) =>
  path
    .replace(':template', 'rejected')
    .replace(':locale', 'en')
    .replace(/:\w+/g, name === 'retryJob' ? '11111111-1111-4111-8111-111111111111' : '1');
const ask = (from: Client, name: RouteName) => {
  const [method, path] = PATHS[name];
  return from.send(method, pathOf(name, path), method === 'GET' ? undefined : {});
};

test('V18: where staff need a second factor, who has none can set one up, and everything else is refused', async () => {
  await requireFactor();
  const { id, email } = await account('admin');
  const session = (await givePassword(desk(), email)).body;
  expect(session).toMatchObject({ id, enrolment_required: true });

  const closed = guarded.filter((name) => !routeOf(name).enrolment);
  expect(closed.length).toBeGreaterThan(10);
  for (const name of closed)
    if (routeOf(name).takes === 'json') {
      const { status, body } = await ask(as(session), name);
      // What is checked before the person is: a body that is not right.
      expect(status === 400 || body['code'] === 'enrolment_required', `${name}: ${status}`).toBe(true);
    }
  for (const name of ['listTickets', 'options', 'listIdentities', 'removeTotp', 'makeRecoveryCodes'] as const)
    expect(await ask(as(session), name), name).toMatchObject({ status: 403, body: { code: 'enrolment_required' } });

  expect((await as(session).get('/api/second-factors')).body).toMatchObject({ required: true, totp_since: null });
  await enrolApp(as(session), now);
  expect((await as(session).get('/api/tickets')).status).toBe(200);
});

test('V18: employees, and staff where nothing is required, get a whole session', async () => {
  const [staff, employee] = [await account('coordinator'), await account('employee')];
  expect((await givePassword(desk(), staff.email)).body['enrolment_required']).toBe(false);
  await requireFactor();
  const session = (await givePassword(desk(), employee.email)).body;
  expect(session['enrolment_required']).toBe(false);
  expect((await as(session).get('/api/tickets')).status).toBe(200);
});

test('V18: a session that is older than the requirement is held to it at its next refresh', async () => {
  const { email } = await account('coordinator');
  const session = (await givePassword(desk(), email)).body;
  await requireFactor();
  const next = (await refresh(session)).body;
  expect(next['enrolment_required']).toBe(true);
  expect(await as(next).get('/api/tickets')).toMatchObject({ status: 403, body: { code: 'enrolment_required' } });
});

test('V18: the factor opens the session that it was set up in; another one that waits for a factor ends', async () => {
  await requireFactor();
  const { email } = await account('admin');
  const [mine, theirs] = [(await givePassword(desk(), email)).body, (await givePassword(desk(), email)).body];
  await enrolApp(as(mine), now);
  expect((await as(mine).get('/api/tickets')).status).toBe(200);
  expect((await as(theirs).get('/api/second-factors')).status).toBe(401);
  expect((await refresh(theirs)).status).toBe(401);
  expect((await refresh(mine)).body['enrolment_required']).toBe(false);
});

test('V18: the last factor of staff stays while one is required', async () => {
  const { email } = await account('admin');
  const session = (await givePassword(desk(), email)).body;
  await enrolApp(as(session), now);
  await requireFactor();
  const refused = await as(session).send('DELETE', '/api/second-factors/totp');
  expect(refused).toMatchObject({ status: 409, body: { code: 'conflict' } });
  expect((await givePassword(desk(), email)).status).toBe(401);
});

test('V23: sixteen minutes after the sign-in every sensitive operation asks to confirm it, and changes nothing', async () => {
  const { id, email } = await account('admin');
  const session = (await givePassword(desk(), email)).body;
  const { secret } = await enrolApp(as(session), now);
  ahead = 16 * MINUTE;
  const sensitive = guarded.filter((name) => routeOf(name).recent);
  expect(sensitive).toEqual(
    expect.arrayContaining([
      ...['enrolTotp', 'confirmTotp', 'removeTotp', 'makeRecoveryCodes', 'addPasskey', 'removePasskey', 'resetFactors'],
      ...['linkIdentity', 'unlinkIdentity'],
    ]),
  );
  for (const name of sensitive) {
    const { status, body } = await ask(as(session), name);
    expect(status === 400 || body['code'] === 'reauthentication_required', `${name}: ${status}`).toBe(true);
  }
  const refused = await as(session).send('DELETE', '/api/second-factors/totp');
  expect(refused).toMatchObject({ status: 403, body: { code: 'reauthentication_required' } });
  expect((await as(session).get('/api/second-factors')).body['totp_since']).not.toBeNull();

  // Signing in again is recent; a refresh is not.
  expect((await as((await refresh(session)).body).send('DELETE', '/api/second-factors/totp')).status).toBe(403);
  const again = await giveFactor(desk(), await askedFor(desk(), email), { code: codeAt(secret, now()) });
  expect((await as(again.body).send('DELETE', '/api/second-factors/totp')).status).toBe(200);
  expect((await auditOf(desk(), id)).map(({ action }) => action)).toEqual([
    'second_factor.totp-added',
    'second_factor.totp-removed',
  ]);
});

test('what was refused for want of a factor or of a recent sign-in is in the audit log', async () => {
  await requireFactor();
  const { id, email } = await account('admin');
  await as((await givePassword(desk(), email)).body).get('/api/tickets');
  const refused = await desk().transaction((tx) =>
    tx.em.execute<{ action: string; outcome: string; data: object }[]>(
      'select action, outcome, data from audit_entry where actor_id = ? order by id desc limit 1',
      [id],
    ),
  );
  expect(refused).toEqual([
    { action: 'request.refused', outcome: 'refused', data: { route: 'listTickets', code: 'enrolment_required' } },
  ]);
});
