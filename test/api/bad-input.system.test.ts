import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { PATHS, type RouteName } from '../../src/contract/paths.ts';
import { type Route } from '../../src/contract/route.ts';
import { ROUTES } from '../../src/contract/routes.ts';
import type { Role } from '../../src/tickets/lifecycle.ts';
import { newActor, type Actor } from '../support/actors.ts';
import { callRoute } from '../support/call.ts';
import type { Client } from '../support/client.ts';
import { dumpDatabase } from '../support/dump.ts';
import { SAMPLED, sampleOf, useSampleDesk, type Request, type World } from './samples.ts';

/* What every route refuses, generated from the contract and the table of samples; and nothing of it stays in the database. */

const desk = useSampleDesk();
const NAMES = SAMPLED;
const routeOf = (name: RouteName): Route => ROUTES[name];

let world: World;
const people = {} as Record<Role, Actor>;
beforeAll(async () => {
  world = { desk: desk(), other: await newActor(desk(), 'employee', 'Other') };
  for (const role of ['employee', 'coordinator', 'admin'] as const) people[role] = await newActor(desk(), role);
});

const userOf = (name: RouteName): Actor => {
  const { access } = routeOf(name);
  return people[access === 'anyone' ? 'employee' : (access.at(-1) ?? 'admin')];
};

type Refused = readonly [status: number, code: string];

/** Sends each request, and expects its refusal and an unchanged database. */
async function refuses(
  name: RouteName,
  by: Client,
  requests: Record<string, [Request & { raw?: string }, ...Refused]>,
) {
  const before = await dumpDatabase(desk());
  const answers: Record<string, unknown> = {};
  for (const [what, [request]] of Object.entries(requests)) {
    const response = request.raw
      ? await by.raw(request.raw, { method: PATHS[name][0] })
      : await callRoute(name, request, by);
    const text = await response.text();
    const shape = problem.safeParse(response.ok || text === '' ? {} : JSON.parse(text));
    answers[what] = [response.status, shape.success ? shape.data.code : text.slice(0, 100)];
  }
  expect(answers).toEqual(
    Object.fromEntries(Object.entries(requests).map(([what, [, ...refused]]) => [what, refused])),
  );
  expect(await dumpDatabase(desk())).toEqual(before);
}

const problem = z.strictObject({
  error: z.string().min(1),
  code: z.string(),
  details: z.record(z.string(), z.unknown()),
});
const WRONG: Refused = [400, 'validation_failed'];
const MALFORMED: Refused = [400, 'malformed_request'];
const TOO_LARGE: Refused = [413, 'payload_too_large'];
const NOT_THERE: Refused = [404, 'not_found'];
const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const json = (body: string | Buffer, type = 'application/json') => ({ body, headers: { 'content-type': type } });

/** A body that a client could send as a form. */
function asForm(body: object): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(body)) form.set(name, String(value));
  return form;
}

const writing = NAMES.filter((name) => PATHS[name][0] !== 'GET' && routeOf(name).takes !== 'raw');

describe.each(writing)('%s', (name) => {
  const { body: schema, takes } = routeOf(name);
  const known = Object.keys(schema instanceof z.ZodObject ? schema.shape : {});

  test('T16, V33: takes no field that is not its own', async () => {
    const me = userOf(name);
    const { as = me, ...good } = await sampleOf(name).own(world, me);
    const foreign = ['role', 'ownerId', 'autoBcc', 'id', 'createdAt', 'status', 'employee_id'].filter(
      (one) => !known.includes(one),
    );
    const body = (good.body ?? {}) as object;
    const requests: Parameters<typeof refuses>[2] = {};
    for (const field of foreign) {
      const more = { ...body, [field]: field === 'role' ? 'admin' : 1 };
      requests[field] = [{ ...good, body: more }, ...WRONG];
      if (takes === 'multipart') requests[`${field} in a form`] = [{ ...good, body: asForm(more) }, ...WRONG];
    }
    await refuses(name, as, requests);
  });

  test('T39, V36: takes no JSON that is malformed, too large, too deep, or about prototypes', async () => {
    const me = userOf(name);
    const { as = me, ...good } = await sampleOf(name).own(world, me);
    const text = JSON.stringify(good.body ?? {});
    const open = text === '{}' ? '{' : `${text.slice(0, -1)},`;
    await refuses(name, as, {
      'no JSON': [{ ...good, ...json('{"a":') }, ...MALFORMED],
      'not UTF-8': [{ ...good, ...json(Buffer.from([0x7b, 0xff, 0x7d])) }, ...MALFORMED],
      'a list': [{ ...good, ...json('[]') }, ...WRONG],
      'a word': [{ ...good, ...json('"word"') }, ...WRONG],
      nothing: [{ ...good, ...json('null') }, ...WRONG],
      'the key __proto__': [{ ...good, ...json(`${open}"__proto__":{"polluted":1}}`) }, ...WRONG],
      'the key constructor': [{ ...good, ...json(`${open}"constructor":{"prototype":{"polluted":1}}}`) }, ...WRONG],
      'an unknown field 100,000 levels deep': [{ ...good, ...json(`${open}"deep":${nested(100_000)}}`) }, ...MALFORMED],
      'more than a megabyte': [{ ...good, ...json(`${open}"long":"${'x'.repeat(1_000_001)}"}`) }, ...TOO_LARGE],
      'another type': [{ ...good, ...json(text, 'text/plain') }, 415, 'unsupported_media_type'],
    });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

test.each(NAMES)('V33: %s takes no parameter that it does not know, nor one that is given twice', async (name) => {
  const me = userOf(name);
  const { as = me, ...good } = await sampleOf(name).own(world, me);
  const { query: schema } = routeOf(name);
  const [known = 'sort'] = Object.keys(schema instanceof z.ZodObject ? schema.shape : {});
  const at = (query: string) => ({ ...good, raw: `${new URL(pathOnly(name, good), 'http://x').pathname}?${query}` });
  await refuses(name, as, {
    'an unknown one': [at('unknown=1'), ...WRONG],
    'one twice': [at(`${known}=1&${known}=2`), ...WRONG],
    'one called __proto__': [at('__proto__=1'), ...WRONG],
    '__proto__ twice': [at('__proto__=1&__proto__=2'), ...WRONG],
    'a bad escape': [at('unknown=%zz'), ...WRONG],
  });
});

const paged = NAMES.filter((name) => {
  const { query } = routeOf(name);
  return query instanceof z.ZodObject && 'limit' in query.shape;
});

test.each(paged)('V36: a page of %s has a most', async (name) => {
  const me = userOf(name);
  const { as = me, ...good } = await sampleOf(name).own(world, me);
  const { pathname } = new URL(pathOnly(name, good), 'http://x');
  const at = (limit: string) =>
    [{ ...good, raw: `${pathname}?limit=${limit}` }, ...WRONG] as [{ raw: string }, ...Refused];
  const limits = ['10000', '0', '-1', '1.5', 'NaN', '1e1', '0x10', '', '%20'];
  await refuses(name, as, Object.fromEntries(limits.map((limit) => [`limit=${limit}`, at(limit)])));
});

/** What no id is. */
const NO_IDS = [
  'abc',
  '-1',
  '0',
  '1.5',
  '1e3',
  '0x1',
  '9007199254740993',
  '%00',
  '1%00',
  '%20',
  'null',
  "1'--",
  '..%2f1',
  '１',
];
const named = NAMES.filter((name) => PATHS[name][1].includes(':id'));

test.each(named)('%s: what cannot be an id names nothing, and a bad escape is malformed', async (name) => {
  const me = userOf(name);
  const { as = me, ...good } = await sampleOf(name).own(world, me);
  const at = (id: string) => ({ ...good, raw: PATHS[name][1].replace(':id', id).replace(/:\w+/g, '1') });
  const requests: Parameters<typeof refuses>[2] = { 'a bad escape': [at('%zz'), ...MALFORMED] };
  for (const id of NO_IDS) requests[id] = [at(id), ...NOT_THERE];
  await refuses(name, as, requests);
});

/** The path of a request without its query. */
function pathOnly(name: RouteName, { params = {} }: Request): string {
  return PATHS[name][1].replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(String(params[key] ?? '')));
}
