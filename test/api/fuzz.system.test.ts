import fc, { type Arbitrary } from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openapiDocument, type Operation, type Parameter } from '../../src/api/openapi.ts';
import type { JsonSchema } from '../../src/api/reference/json-schema.ts';
import { PATHS, type RouteName } from '../../src/contract/paths.ts';
import type { Route } from '../../src/contract/route.ts';
import { ROUTES } from '../../src/contract/routes.ts';
import { ERROR_CODES } from '../../src/errors.ts';
import { SCOPES } from '../../src/people/scopes.ts';
import { newActor, newKey, type Actor } from '../support/actors.ts';
import { callRoute } from '../support/call.ts';
import { client, type Client } from '../support/client.ts';
import { plantCanaries, type Victim } from '../support/fuzz/canaries.ts';
import { HOSTILE_TEXTS } from '../support/fuzz/hostile.ts';
import { like } from '../support/fuzz/like.ts';
import { watchWrites, type WatchedWrites } from '../support/watch-writes.ts';
import { SAMPLES, useSampleDesk, type Request, type World } from './samples.ts';

/*
 * Every route × everybody × requests made of the description: some as it says, some at its edges, some with something else in their parts,
 * and some that succeed with a part exchanged. FUZZ_SEED and FUZZ_RUNS make another or a longer run; a failure names its seed and the
 * smallest request that shows it.
 */
const SEED = Number(process.env['FUZZ_SEED'] ?? 20261);
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 6);

const NAMES = Object.keys(PATHS) as RouteName[];
const CALLERS = ['nobody', 'employee', 'key', 'coordinator', 'admin'] as const;
type Caller = (typeof CALLERS)[number];

const TRACES = ['audit_entry', 'audit_head', 'rate_limit'];

const operations = new Map(
  Object.values(openapiDocument(true).paths)
    .flatMap((methods) => Object.values(methods))
    .map((operation) => [operation.operationId, operation]),
);

const desk = useSampleDesk();
let victim: Victim;
let world: World;
let writes: WatchedWrites;
const actors: Partial<Record<Caller, Actor>> = {};
beforeAll(async () => {
  await desk().transaction((tx) =>
    tx.em.execute(
      `insert into setting (key, value, version, updated_at) values ('coordinator_scope', '"departments"', 1, now())`,
    ),
  );
  victim = await plantCanaries(desk());
  world = { desk: desk(), other: victim.actor };
  writes = await watchWrites(desk());
});
afterAll(() => writes?.stop());

/** Ids of the victim's things, and low ones: in a new database those are of everything else. */
const LOW = Array.from({ length: 40 }, (_, at) => at + 1);

interface Fuzzed {
  /** Of a request that succeeds, the parts of the body that are kept. */
  keep: boolean;
  body: unknown;
  as: 'json' | 'form' | 'text';
  id: string | null;
  query: Record<string, unknown>;
  headers: Record<string, string>;
}

function requestsOf({ parameters, requestBody }: Operation): Arbitrary<Fuzzed> {
  const { schema } = requestBody?.content['application/json'] ?? {};
  const ids = [...LOW, ...victim.ids];
  const asked = parameters.filter((one): one is Parameter => 'in' in one).filter((one) => one.in === 'query');
  const query = Object.fromEntries(asked.map(({ name, schema }) => [name, like(schema, ids)]));
  const fields = Object.entries(schema?.properties ?? {}).filter(([name]) => name !== 'version');
  const body = Object.fromEntries(fields.map(([name, of]) => [name, like(of, ids)]));
  const touched = fc.record({
    keep: fc.constant(true),
    body: few(body),
    as: fc.constant('json' as const),
    id: fc.constant(null),
    query: few(query),
    headers: fc.constant({}),
  });
  return fc.oneof({ weight: 2, arbitrary: touched }, { weight: 1, arbitrary: wild(schema, query, ids) });
}

/** One to three of these fields: a request with all of them exchanged never gets past the first check. */
function few(fields: Record<string, Arbitrary<unknown>>): Arbitrary<Record<string, unknown>> {
  const names = Object.keys(fields);
  if (names.length === 0) return fc.constant({});
  return fc
    .subarray(names, { minLength: 1, maxLength: Math.min(3, names.length) })
    .chain((some) => fc.record(Object.fromEntries(some.map((name) => [name, fields[name] ?? fc.constant(null)]))));
}

/** Anything can be odd. */
function wild(
  schema: JsonSchema | undefined,
  query: Record<string, Arbitrary<unknown>>,
  ids: readonly number[],
): Arbitrary<Fuzzed> {
  const texts = fc.constantFrom(...HOSTILE_TEXTS);
  return fc.record({
    keep: fc.boolean(),
    body: schema ? like(schema, ids) : texts,
    as: fc.constantFrom('json', 'json', 'json', 'form', 'text'),
    id: fc.oneof(fc.constant(null), fc.constantFrom(...[...victim.ids, ...ids].map(String)), texts),
    query: fc.record({ ...query, unknown: texts }, { requiredKeys: [] }),
    headers: fc.record(HEADERS, { requiredKeys: [] }),
  });
}

const HEADERS = {
  'If-Match': fc.constantFrom('*', '"1-aaaaaaaaaaaaaaaaaaaaaa"', 'W/"0-x"', '"2147483648-aaaaaaaaaaaaaaaaaaaaaa"', '1'),
  'If-None-Match': fc.constantFrom('*', '"x"', ','),
  'Idempotency-Key': fc.constantFrom('a', 'b', '"quoted"', ' ', 'x'.repeat(300)),
  'X-Client': fc.constantFrom('portal', 'other'),
  Origin: fc.constantFrom('https://evil.example', 'null'),
  Cookie: fc.constantFrom('__Host-refresh=x', '__Host-refresh=%zz; a', '__Host-oidc=;;='),
};

/** The request that goes out: of a good one, or of the description alone. */
function assemble(name: RouteName, good: Request, { keep, body, as, id, query, headers }: Fuzzed): Request {
  const params = Object.fromEntries(
    [...PATHS[name][1].matchAll(/:(\w+)/g)].map(([, key = '']) => [key, id ?? good.params?.[key] ?? 'x']),
  );
  const words = (value: unknown) => String(typeof value === 'string' ? value : (JSON.stringify(value) ?? value));
  const request = {
    params,
    query: Object.fromEntries(Object.entries(query).map(([key, value]) => [key, words(value)])),
    headers: { ...good.headers, ...headers },
  };
  if (PATHS[name][0] === 'GET') return request;
  const given = good.body;
  const merged = keep && isObject(given) && isObject(body) ? { ...given, ...body } : keep ? (given ?? body) : body;
  if (merged instanceof FormData || merged instanceof Uint8Array) return { ...request, body: merged };
  if (as === 'text')
    return { ...request, body: words(merged), headers: { 'content-type': 'application/json', ...request.headers } };
  return { ...request, body: as === 'form' && isObject(merged) ? formOf(merged) : merged };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && value.constructor === Object;

function formOf(fields: Record<string, unknown>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, String(JSON.stringify(value)).slice(0, 1000));
  form.append('attachments', new Blob(['MZ\u0000\u0001'], { type: 'image/png' }), '../a\u202e\r\n"b".exe');
  return form;
}

/** Who asks; somebody new once a request has ended their session. */
async function actorOf(caller: Caller): Promise<Actor> {
  const role = caller === 'nobody' ? 'employee' : caller === 'key' ? 'coordinator' : caller;
  return (actors[caller] ??= await newActor(desk(), role, 'Fuzzer'));
}

/** One key for all its requests: its first use is noted on its row. */
let key: Client | undefined;
async function clientOf(caller: Caller, { as }: Request): Promise<Client> {
  if (caller === 'nobody') return client(desk().url);
  if (caller === 'key') return (key ??= await newKey(desk(), await actorOf(caller), [...SCOPES]));
  return as ?? (await actorOf(caller));
}

/** What must not be read in an answer. Whose desk it is may read all words, but no secret. */
function foreignIn(text: string, caller: Caller): string[] {
  const forbidden = caller === 'admin' ? victim.secrets : [...victim.words, ...victim.secrets];
  return forbidden.filter((one) => text.includes(one));
}

function expectProblem(text: string): void {
  const { code, error, details, ...more } = JSON.parse(text) as Record<string, unknown>;
  expect(ERROR_CODES).toContain(code);
  expect([typeof error, typeof details, more]).toEqual(['string', 'object', {}]);
  expect(text).not.toMatch(/node_modules|\.ts:\d|select |insert into/i);
}

async function check(name: RouteName, caller: Caller, given: Request, fuzzed: Fuzzed, state: string): Promise<void> {
  // Most requests succeed once only.
  const good = fuzzed.keep && !COSTLY.includes(name) ? await goodOf(name, caller) : given;
  const by = await clientOf(caller, good);
  await writes.written();
  const response = await callRoute(name, assemble(name, good, fuzzed), by);
  const text = Buffer.from(await response.arrayBuffer()).toString('utf8');
  const said = [...response.headers.entries()].map((header) => header.join(': ')).join('\n');
  expect(response.status, text.slice(0, 300)).toBeLessThan(500);
  expect(foreignIn(`${said}\n${text}`, caller)).toEqual([]);
  const done = response.status === (ROUTES[name] as Route).status || response.status === 304;
  if (!done) expectProblem(text);
  const written = await writes.written();
  const mayWrite = done && (PATHS[name][0] !== 'GET' || SAMPLES[name]?.writes);
  if (!mayWrite) expect(written.filter((table) => !tracesOf(caller).includes(table))).toEqual([]);
  if (caller !== 'admin') expect(await victim.state()).toBe(state);
  if (response.status === 401) delete actors[caller];
}

/** Their samples take a password each. */
const COSTLY: RouteName[] = [
  ...(['employeeToken', 'adminToken', 'refreshToken', 'signOut'] as const),
  ...(['confirmToken', 'changePassword', 'askSecondFactor', 'giveSecondFactor'] as const),
];

async function goodOf(name: RouteName, caller: Caller): Promise<Request> {
  return (await SAMPLES[name]?.own(world, await actorOf(caller))) ?? {};
}

/** What a refused request, or one that only reads, writes all the same: that it was refused, that it counts, and when a key was used. */
const tracesOf = (caller: Caller) => [...TRACES, ...(caller === 'key' ? ['api_key'] : [])];

describe.each(CALLERS)('whatever is sent by %s', (caller) => {
  test.each(NAMES)(
    '%s answers without an error of ours, tells nothing of others, and leaves nothing half-done',
    async (name) => {
      const operation = operations.get(name);
      if (!operation) throw new Error(`${name} is not described`);
      const good = await goodOf(name, caller);
      const state = await victim.state();
      await writes.written();
      const property = fc.asyncProperty(requestsOf(operation), (fuzzed) => check(name, caller, good, fuzzed, state));
      await fc.assert(property, { seed: SEED, numRuns: RUNS });
    },
  );
});
