import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PATHS, type RouteName } from '../../src/contract/paths.ts';
import { client, type Client } from '../support/client.ts';
import { useDesk } from '../support/desk.ts';

const desk = useDesk({ web: true });

/** Every statement that reaches PostgreSQL from this process, as the driver sends it. */
let statements: string[] = [];
const { query } = pg.Client.prototype;
beforeAll(() => {
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [first] = args as [string | { text?: string }];
    statements.push(typeof first === 'string' ? first : (first?.text ?? ''));
    return (query as (...given: unknown[]) => unknown).apply(this, args);
  } as typeof query;
});
afterAll(() => {
  pg.Client.prototype.query = query;
});

async function count(reader: Client, path: string): Promise<number> {
  statements = [];
  expect((await reader.get(path)).status).toBe(200);
  return statements.length;
}

/** Most statements of one request, begin and commit included. A new GET route needs a line. */
const MOST: Partial<Record<RouteName, number>> = {
  desk: 0,
  openapi: 0,
  options: 7,
  listTickets: 6,
  readTicket: 11,
  listLocalMail: 5,
};
/** They need a row of their own to be read. */
const ELSEWHERE: RouteName[] = ['downloadAttachment', 'readLocalMail'];

test('no GET route needs more statements than it was given, and none more for more rows', async () => {
  await desk().account('coordinator');
  const staff = client(desk().url, await desk().signIn('coordinator@desk.example'));
  const one = (await staff.post('/api/tickets', { subject: 'one', description: 'x' })).body['id'] as number;
  const path = (name: RouteName) => PATHS[name][1].replace(':id', String(one));
  const gets = (Object.keys(PATHS) as RouteName[]).filter(
    (name) => PATHS[name][0] === 'GET' && !ELSEWHERE.includes(name),
  );

  const few = new Map<RouteName, number>();
  for (const name of gets) few.set(name, await count(staff, path(name)));
  for (const name of gets)
    expect({ name, statements: few.get(name), allowed: (few.get(name) ?? 99) <= (MOST[name] ?? -1) }).toMatchObject({
      allowed: true,
    });

  for (let i = 0; i < 20; i++) {
    await staff.post('/api/tickets', { subject: `more ${i}`, description: 'x' });
    await staff.post(`/api/tickets/${one}/comments`, { body: `more ${i}`, visibility: i % 2 ? 'internal' : 'public' });
  }
  for (const name of gets)
    expect({ name, statements: await count(staff, path(name)) }).toEqual({ name, statements: few.get(name) });
});
