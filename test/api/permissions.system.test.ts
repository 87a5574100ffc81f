import { beforeAll, describe, expect, test } from 'vitest';
import { PATHS, type RouteName } from '../../src/contract/paths.ts';
import { EVERYONE, type Route } from '../../src/contract/route.ts';
import { ROUTES } from '../../src/contract/routes.ts';
import type { Role } from '../../src/tickets/lifecycle.ts';
import { newActor, newKey, type Actor } from '../support/actors.ts';
import { callRoute } from '../support/call.ts';
import { client, type Client } from '../support/client.ts';
import { SAMPLED, sampleOf, SAMPLES, useSampleDesk, type Request, type World } from './samples.ts';

/* Every route × everybody × what is theirs and what is not, generated from the contract and the table of samples. */

const desk = useSampleDesk();
const NAMES = SAMPLED;
const routeOf = (name: RouteName): Route => ROUTES[name];

let world: World;
let people: Record<Role, Actor>;
beforeAll(async () => {
  world = { desk: desk(), other: await newActor(desk(), 'employee', 'Other') };
  people = {
    employee: await newActor(desk(), 'employee'),
    coordinator: await newActor(desk(), 'coordinator'),
    admin: await newActor(desk(), 'admin'),
  };
});

test('T15: every route says who may call it, and has a sample that these tests are made of', () => {
  for (const name of NAMES) {
    const { access } = routeOf(name);
    expect(access === 'anyone' || access?.length > 0, `${name} names nobody who may call it`).toBe(true);
    const named = PATHS[name][1].includes(':');
    expect(named && !sampleOf(name).foreign, `${name} names an object: its sample needs a foreign one`).toBe(false);
  }
  expect(Object.keys(SAMPLES).sort()).toEqual(NAMES.toSorted());
});

/** Whoever a route is for. */
const userOf = (name: RouteName): Actor => {
  const { access } = routeOf(name);
  return people[access === 'anyone' ? 'employee' : (access[0] ?? 'admin')];
};
const own = async (name: RouteName, me = userOf(name)): Promise<Request> => sampleOf(name).own(world, me);

/** Status and code; a request that was made for somebody else goes as this caller all the same. */
async function answerTo(name: RouteName, { as: _, ...request }: Request, by: Client): Promise<(number | string)[]> {
  const response = await callRoute(name, request, by);
  const text = await response.text();
  return response.ok ? [response.status] : [response.status, (JSON.parse(text) as { code: string }).code];
}

async function succeeds(name: RouteName, me: Actor): Promise<void> {
  const request = await own(name, me);
  const response = await callRoute(name, request, me);
  const text = await response.text();
  expect([response.status, response.ok || text]).toEqual([routeOf(name).status, true]);
}

/** Callers that get nothing but what is open to anyone. */
const STRANGERS: Record<string, (role: Role) => Promise<Client>> = {
  'nobody who has signed in': () => Promise.resolve(client(desk().url)),
  'a made-up token': () => Promise.resolve(client(desk().url, 'made.up.token')),
  'a made-up key': () => Promise.resolve(client(desk().url, 'ssk_madeup')),
  'an account that was disabled': (role) => inStatus(role, 'disabled'),
  'an account that waits for approval': (role) => inStatus(role, 'pending'),
  'an account that was rejected': (role) => inStatus(role, 'rejected'),
  'a contact, known from mail only': (role) => inStatus(role, 'contact'),
  'a session that was ended': (role) => inSession(role, 'revoked_at = now()'),
};

async function inStatus(role: Role, status: string): Promise<Client> {
  const actor = await newActor(desk(), role);
  await desk().transaction((tx) => tx.em.execute('update employee set status = ? where id = ?', [status, actor.id]));
  return actor;
}

async function inSession(role: Role, change: string): Promise<Actor> {
  const actor = await newActor(desk(), role);
  await desk().transaction((tx) => tx.em.execute(`update session set ${change} where id = ?`, [actor.sessionId]));
  return actor;
}

const SIGNED_IN = NAMES.filter((name) => routeOf(name).access !== 'anyone');

describe.each(SIGNED_IN)('%s', (name) => {
  const { access, status, scope, recent, enrolment } = routeOf(name);
  const { foreign, reach = [] } = SAMPLES[name] ?? {};
  const users = EVERYONE.filter((role) => access.includes(role));

  test('is closed to everybody who is not signed in to an approved account', async () => {
    const request = await own(name);
    const answers: Record<string, unknown> = {};
    for (const [who, as] of Object.entries(STRANGERS))
      answers[who] = await answerTo(name, request, await as(userOf(name).role));
    const refused = Object.keys(STRANGERS).map((who) => [who, [401, 'authentication_required']]);
    expect(answers).toEqual(Object.fromEntries(refused));
  });

  test('V24: does for each role what it is for, and is forbidden to the others', async () => {
    for (const role of users) await succeeds(name, people[role]);
    const request = await own(name);
    for (const role of EVERYONE.filter((one) => !users.includes(one)))
      expect(await answerTo(name, request, people[role]), role).toEqual([403, 'forbidden']);
  });

  if (foreign)
    test('T15: what is somebody else’s does not exist for who may not reach it', async () => {
      for (const role of users) {
        const answer = await answerTo(name, await foreign(world, people[role]), people[role]);
        expect(answer, role).toEqual(reach.includes(role) ? [status] : [404, 'not_found']);
      }
    });

  test('takes an API key with its scope, and none without', async () => {
    const user = people[users.at(-1) ?? 'admin']; // keys are for staff
    const other = scope === 'inbound:write' ? 'audit:read' : 'inbound:write';
    expect(await answerTo(name, await own(name, user), await newKey(desk(), user, [other]))).toEqual([
      403,
      'forbidden',
    ]);
    if (scope)
      expect(await answerTo(name, await own(name, user), await newKey(desk(), user, [scope]))).toEqual([status]);
  });

  test('V18, V23: asks for a second factor or a fresh sign-in first, where the contract says so', async () => {
    const { role } = userOf(name);
    const tired = await inSession(role, `authenticated_at = now() - interval '16 minutes'`);
    const bare = await inSession(role, 'enrol_only = true');
    if (recent) expect(await answerTo(name, await own(name), tired)).toEqual([403, 'reauthentication_required']);
    if (!enrolment) expect(await answerTo(name, await own(name), bare)).toEqual([403, 'enrolment_required']);
  });
});

const OPEN = NAMES.filter((name) => routeOf(name).access === 'anyone');

test.each(OPEN)('%s is open to anyone', async (name) => {
  const response = await callRoute(name, await own(name), client(desk().url));
  const text = await response.text();
  expect([response.status, response.ok || text]).toEqual([routeOf(name).status, true]);
});
