import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { PATHS, type RouteName } from '../../src/contract/paths.ts';
import { type Route } from '../../src/contract/route.ts';
import { ROUTES } from '../../src/contract/routes.ts';
import type { Role } from '../../src/tickets/lifecycle.ts';
import { newActor, type Actor } from '../support/actors.ts';
import { callRoute } from '../support/call.ts';
import { client } from '../support/client.ts';
import { dumpDatabase } from '../support/dump.ts';
import { SAMPLED, sampleOf, SAMPLES, useSampleDesk, type World } from './samples.ts';

/* What every route answers, generated from the contract and the table of samples. */

const desk = useSampleDesk();
const NAMES = SAMPLED;
const routeOf = (name: RouteName): Route => ROUTES[name];

type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];
interface Operation {
  operationId: string;
  responses: Record<string, { content?: Record<string, { schema?: JsonSchema }> }>;
}

let world: World;
let described: Map<string, JsonSchema | undefined>;
const people = {} as Record<Role, Actor>;
beforeAll(async () => {
  world = { desk: desk(), other: await newActor(desk(), 'employee', 'Other') };
  for (const role of ['employee', 'coordinator', 'admin'] as const) people[role] = await newActor(desk(), role);
  // Where zod looks for what is referred to.
  const text = await (await client(desk().url).raw('/api/openapi.json')).text();
  const document = JSON.parse(text.replaceAll('"#/components/schemas/', '"#/$defs/')) as {
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: object };
  };
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  described = new Map(
    operations.map(({ operationId, responses }) => {
      const schema = responses[ROUTES[operationId as RouteName].status]?.content?.['application/json']?.schema;
      return [operationId, schema && ({ ...(schema as object), $defs: document.components.schemas } as JsonSchema)];
    }),
  );
});

/** A moment as text, in whatever zone. */
const MOMENT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/;
const UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

function* stringsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) yield* stringsIn(one);
}

test.each(NAMES)(
  '%s answers each role as it is described, with times in UTC, and is not to be stored',
  async (name) => {
    const { access, gives, status } = routeOf(name);
    for (const role of access === 'anyone' ? (['employee'] as const) : access) {
      const response = await callRoute(name, await sampleOf(name).own(world, people[role]), people[role]);
      expect(response.status).toBe(status);
      // V31: nothing that was told to one person is kept by a cache or an address.
      expect(response.headers.get('cache-control')).toMatch(/no-store/);
      const text = await response.text();
      if (gives === 'stream') continue;
      const answer: unknown = text === '' ? undefined : JSON.parse(text);
      const schema = described.get(name);
      expect(z.fromJSONSchema(schema ?? {}).safeParse(answer).error?.issues ?? []).toEqual([]);
      for (const moment of stringsIn(answer)) if (MOMENT.test(moment)) expect(moment).toMatch(UTC);
    }
  },
);

test('every time of the contract is ISO 8601 in UTC', () => {
  const wrong = NAMES.flatMap((name) =>
    timesIn(z.toJSONSchema(routeOf(name).response, { unrepresentable: 'any' }))
      .filter(([, { format, pattern = '' }]) => format !== 'date-time' || !pattern.includes('Z'))
      .map(([field]) => `${name}: ${field}`),
  );
  expect(wrong).toEqual([]);
});

interface TimeSchema {
  format?: string;
  pattern?: string;
  anyOf?: TimeSchema[];
}

/** Properties that are named as moments are, with their schema; null beside it aside. */
function timesIn(value: unknown): [string, TimeSchema][] {
  if (typeof value !== 'object' || value === null) return [];
  const { properties = {} } = value as { properties?: Record<string, TimeSchema> };
  const own = Object.entries(properties)
    .filter(([name]) => /(_at|_until|_for|_since|^at|^date)$/.test(name))
    .map(([name, schema]): [string, TimeSchema] => [name, schema.anyOf?.[0] ?? schema]);
  return [...own, ...Object.values(value).flatMap(timesIn)];
}

test('V31: no address holds what opens something', () => {
  const names = NAMES.flatMap((name) => {
    const { params, query } = routeOf(name);
    return [params, query].flatMap((schema) => (schema instanceof z.ZodObject ? Object.keys(schema.shape) : []));
  });
  expect(names.filter((one) => /token|password|secret|key|code|email/i.test(one))).toEqual([]);
});

const GETS = NAMES.filter((name) => PATHS[name][0] === 'GET' && !SAMPLES[name]?.writes);

test.each(GETS)('V10: reading changes nothing: %s twice, and the database is as before', async (name) => {
  const { access } = routeOf(name);
  const role = access === 'anyone' ? 'employee' : (access.at(-1) ?? 'admin');
  const request = await sampleOf(name).own(world, people[role]);
  const before = await dumpDatabase(desk());
  for (let turn = 0; turn < 2; turn++) await (await callRoute(name, request, people[role])).arrayBuffer();
  expect(await dumpDatabase(desk())).toEqual(before);
});
