import { beforeAll, beforeEach, expect, test } from 'vitest';
import { PATHS, type RouteName } from '../../src/contract/paths.ts';
import { ROUTES } from '../../src/contract/routes.ts';
import type { Route } from '../../src/contract/route.ts';
import { makeKey } from '../../src/people/key-format.ts';
import { client, type Client } from '../support/client.ts';
import { useDesk } from '../support/desk.ts';
import { useStatements } from '../support/statements.ts';

let ahead = 0;
const desk = useDesk({ web: true, clock: () => new Date(Date.now() + ahead) });
const statements = useStatements();
const DAY = 24 * 3600_000;

let admin: Client;
let coordinator: Client;
let coordinatorId = 0;
beforeAll(async () => {
  await desk().account('admin');
  coordinatorId = (await desk().account('coordinator')).id;
  admin = client(desk().url, await desk().signIn('admin@desk.example'));
  coordinator = client(desk().url, await desk().signIn('coordinator@desk.example'));
});
beforeEach(() => {
  ahead = 0;
});

const inDays = (days: number) => new Date(Date.now() + ahead + days * DAY).toISOString();
const make = (as: Client, given: object = {}) =>
  as.post('/api/api-keys', { name: 'Machine', scopes: ['tickets:read'], expires_at: inDays(30), ...given });
async function keyOf(
  as: Client,
  scopes: string[],
  given: object = {},
): Promise<{ id: number; key: string; call: Client }> {
  const { id, key } = (await make(as, { scopes, ...given })).body as { id: number; key: string };
  return { id, key, call: client(desk().url, key) };
}
const query = <T>(sql: string, params: unknown[] = []) => desk().transaction((tx) => tx.em.execute<T[]>(sql, params));
const entries = (id: number, action: string) =>
  query<{ actor_id: string | null; data: object }>(
    `select actor_id, data from audit_entry where subject_type = 'api_key' and subject_id = ? and action = ? order by id`,
    [id, action],
  );

test('a key is told once, is stored as its hash, and acts as who made it', async () => {
  const answer = await make(coordinator, { scopes: ['tickets:read', 'tickets:write'] });
  expect(answer.status).toBe(201);
  const { id, key, prefix } = answer.body as { id: number; key: string; prefix: string };
  const call = client(desk().url, key);
  const ticket = await call.post('/api/tickets', { subject: 'By a machine', description: 'Beep.' });
  expect(ticket.body).toMatchObject({ requester: { id: coordinatorId }, channel: 'api' });
  expect((await call.get('/api/tickets')).status).toBe(200);
  const { results } = (await coordinator.get('/api/api-keys')).body as { results: Record<string, unknown>[] };
  expect(results[0]).toMatchObject({ id, name: 'Machine', prefix, state: 'active', owner: { id: coordinatorId } });
  expect(results[0]).not.toHaveProperty('key');
  const rows = await query<{ row: string }>('select k::text as row from api_key k where id > 0');
  expect(rows.filter(({ row }) => row.includes(key) || row.includes(key.slice(16)))).toEqual([]);
  expect(await entries(id, 'api_key.created')).toMatchObject([
    { actor_id: String(coordinatorId), data: { scopes: ['tickets:read', 'tickets:write'] } },
  ]);
});

test('beyond its scopes a key may do nothing, and that is written down with the key', async () => {
  const { id, call } = await keyOf(coordinator, ['tickets:read']);
  expect(await call.post('/api/tickets', { subject: 'No', description: 'No.' })).toMatchObject({
    status: 403,
    body: { code: 'forbidden', error: 'The API key needs the scope tickets:write' },
  });
  const [entry] = await query(
    `select actor_id::int, data from audit_entry where outcome = 'refused' order by id desc limit 1`,
  );
  expect(entry).toEqual({ actor_id: coordinatorId, data: { route: 'openTicket', code: 'forbidden', api_key: id } });
});

test('no key of any scope reaches an operation that is for sessions', async () => {
  const scopes = (await admin.get('/api/api-keys')).body['scopes'] as string[];
  const { call } = await keyOf(admin, scopes);
  const sessions = (Object.keys(PATHS) as RouteName[]).filter((name) => {
    const { access, scope, local } = ROUTES[name] as Route;
    return access !== 'anyone' && scope === null && !local;
  });
  expect(sessions).toEqual(expect.arrayContaining(['createApiKey', 'listApiKeys', 'revokeApiKey', 'listSessions']));
  for (const name of sessions) {
    const [method, path] = PATHS[name];
    if (method !== 'GET' && method !== 'DELETE') continue; // others need a body of their own first
    expect(await call.send(method, path.replace(/:\w+/, '1')), name).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
  }
  expect(await make(call)).toMatchObject({ status: 403, body: { error: 'This needs a person, not an API key' } });
});

test('a key acts within the role of its person: a scope that opens nothing to the role is not given', async () => {
  expect(await make(coordinator, { scopes: ['tickets:read', 'settings:write'] })).toMatchObject({
    status: 400,
    body: { details: { scopes: ['your role may do nothing with settings:write'] } },
  });
  const { call } = await keyOf(admin, ['settings:write', 'settings:read']);
  const { version } = (await call.get('/api/settings')).body;
  expect((await call.send('PATCH', '/api/settings', { version, max_files: 8 })).status).toBe(200);
  expect((await call.get('/api/audit')).status).toBe(403);
});

test.each<[string, object, string]>([
  ['without an end', { expires_at: undefined }, 'expires_at'],
  ['that is over', { expires_at: new Date(Date.now() - 1000).toISOString() }, 'expires_at'],
  ['of more than a year', { expires_at: new Date(Date.now() + 367 * DAY).toISOString() }, 'expires_at'],
  ['without a scope', { scopes: [] }, 'scopes'],
  ['with a scope that is none', { scopes: ['everything'] }, 'scopes.0'],
  ['without a name', { name: '' }, 'name'],
  ['with an unknown field', { owner: 1 }, 'owner'],
])('a key %s is not made', async (_, given, field) => {
  const answer = await make(coordinator, given);
  expect(answer.status).toBe(400);
  expect(Object.keys(answer.body['details'] as object)).toEqual([field]);
});

test('making a key needs a recent sign-in, and its answer is never stored for a repetition', async () => {
  const again = { 'idempotency-key': 'once' };
  const body = { name: 'Machine', scopes: ['tickets:read'], expires_at: inDays(1) };
  expect((await coordinator.send('POST', '/api/api-keys', body, again)).status).toBe(400);
  await desk().account('coordinator', 'late@desk.example');
  const late = client(desk().url, await desk().signIn('late@desk.example'));
  ahead = 16 * 60_000;
  expect(await make(late)).toMatchObject({ status: 403, body: { code: 'reauthentication_required' } });
  expect((await late.get('/api/api-keys')).status).toBe(200);
});

test('employees have no keys; staff see and end their own, admins everybody’s', async () => {
  await desk().account('employee');
  const employee = client(desk().url, await desk().signIn('employee@desk.example'));
  expect((await employee.get('/api/api-keys')).status).toBe(403);
  expect((await make(employee)).status).toBe(403);
  const mine = await keyOf(admin, ['tickets:read']);
  const theirs = await keyOf(coordinator, ['tickets:read']);
  const listed = async (as: Client, path = '/api/api-keys?limit=100') =>
    ((await as.get(path)).body['results'] as { id: number; owner: { id: number } }[]).map(({ id }) => id);
  expect(await listed(coordinator)).not.toContain(mine.id);
  expect(await listed(admin)).toEqual(expect.arrayContaining([mine.id, theirs.id]));
  expect(await listed(admin, `/api/api-keys?employee=${coordinatorId}`)).not.toContain(mine.id);
  expect(await listed(coordinator, '/api/api-keys?employee=1')).toEqual([]);
  expect((await coordinator.send('DELETE', `/api/api-keys/${mine.id}`)).status).toBe(404);
  expect((await mine.call.get('/api/tickets')).status).toBe(200);
  expect(await admin.send('DELETE', `/api/api-keys/${theirs.id}`)).toMatchObject({
    status: 200,
    body: { state: 'revoked' },
  });
  expect((await theirs.call.get('/api/tickets')).status).toBe(401);
  expect((await admin.send('DELETE', `/api/api-keys/${theirs.id}`)).status).toBe(200); // it stays ended
  expect(await entries(theirs.id, 'api_key.revoked')).toMatchObject([
    { actor_id: '1', data: { owner: coordinatorId } },
  ]);
});

test('pages of keys follow each other', async () => {
  for (let n = 0; n < 3; n++) await keyOf(coordinator, ['tickets:read'], { name: `Page ${n}` });
  const names: string[] = [];
  for (let path: string | null = '/api/api-keys?limit=1'; path && names.length < 3;) {
    const { results, next } = (await coordinator.get(path)).body as {
      results: { name: string }[];
      next: string | null;
    };
    names.push(...results.map(({ name }) => name));
    path = next;
  }
  expect(names).toEqual(['Page 2', 'Page 1', 'Page 0']);
});

test('a key ends when its time has come, and using it then is written down once an hour', async () => {
  const { id, call } = await keyOf(coordinator, ['tickets:read'], { expires_at: inDays(2) });
  ahead = 2 * DAY - 60_000;
  expect((await call.get('/api/tickets')).status).toBe(200);
  ahead = 2 * DAY + 60_000;
  const answers = await Promise.all(Array.from({ length: 10 }, () => call.get('/api/tickets')));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
  expect(await entries(id, 'api_key.refused')).toEqual([{ actor_id: null, data: { because: 'expired' } }]);
  ahead += 61 * 60_000;
  await call.get('/api/tickets');
  expect(await entries(id, 'api_key.refused')).toHaveLength(2);
});

test('a key dies with the approval of its account, and does not rise with it again', async () => {
  const { id: owner } = await desk().account('coordinator', 'leaver@desk.example');
  const leaver = client(desk().url, await desk().signIn('leaver@desk.example'));
  const { call } = await keyOf(leaver, ['tickets:read']);
  expect((await call.get('/api/tickets')).status).toBe(200);
  const edit = (status: string) => admin.send('PATCH', `/api/employees/${owner}`, { status });
  expect((await edit('disabled')).status).toBe(200);
  expect((await call.get('/api/tickets')).status).toBe(401);
  expect((await edit('approved')).status).toBe(200);
  expect((await call.get('/api/tickets')).status).toBe(401);
});

test('who is no longer staff has no keys that work', async () => {
  const { id: owner } = await desk().account('coordinator', 'demoted@desk.example');
  const { call, id } = await keyOf(client(desk().url, await desk().signIn('demoted@desk.example')), ['tickets:read']);
  expect((await admin.send('PATCH', `/api/employees/${owner}`, { role: 'employee' })).status).toBe(200);
  expect((await call.get('/api/tickets')).status).toBe(401);
  expect(await entries(id, 'api_key.refused')).toMatchObject([{ data: { because: 'account_closed' } }]);
});

test('with keys switched off in the settings none is accepted, and afterwards they work again', async () => {
  const { call, id } = await keyOf(coordinator, ['tickets:read']);
  const set = async (feature_api_keys: boolean) => {
    const { version } = (await admin.get('/api/settings')).body;
    expect((await admin.send('PATCH', '/api/settings', { version, feature_api_keys })).status).toBe(200);
  };
  await set(false);
  expect((await call.get('/api/tickets')).status).toBe(401);
  expect(await entries(id, 'api_key.refused')).toMatchObject([{ data: { because: 'switched_off' } }]);
  await set(true);
  expect((await call.get('/api/tickets')).status).toBe(200);
});

test('what never was a key is refused and leaves no entry; with a wrong checksum nobody looks for it', async () => {
  const before = await query(`select id from audit_entry where action = 'api_key.refused'`);
  const { key } = makeKey();
  expect((await client(desk().url, key).get('/api/tickets')).status).toBe(401);
  statements.take();
  expect(
    (await client(desk().url, `${key.slice(0, 20)}${key[20] === 'a' ? 'b' : 'a'}${key.slice(21)}`).get('/api/tickets'))
      .status,
  ).toBe(401);
  expect(statements.take()).toEqual([]);
  expect(await query(`select id from audit_entry where action = 'api_key.refused'`)).toEqual(before);
});

test('when a key was used last is written at most once a minute, also by twenty at once', async () => {
  const { id, call } = await keyOf(coordinator, ['tickets:read']);
  const writes = () => statements.take().filter((sql) => /^update "?api_key"?/i.test(sql.trim())).length;
  const used = async () =>
    (await query<{ at: string }>('select last_used_at as at from api_key where id = ?', [id]))[0]?.at ?? null;
  expect(await used()).toBeNull();
  await Promise.all(Array.from({ length: 20 }, () => call.get('/api/tickets')));
  const first = await used();
  expect(first).not.toBeNull();
  writes();
  ahead = 30_000;
  await call.get('/api/tickets');
  expect(writes()).toBe(0);
  ahead = 61_000 + 30_000;
  await call.get('/api/tickets');
  expect(writes()).toBe(1);
  expect(new Date((await used()) ?? 0).getTime()).toBeGreaterThan(new Date(first ?? 0).getTime());
});

test('nobody has more than fifty keys that work', async () => {
  await desk().account('coordinator', 'many@desk.example');
  const many = client(desk().url, await desk().signIn('many@desk.example'));
  const statuses: number[] = [];
  for (let n = 0; n < 51; n++) statuses.push((await make(many)).status);
  expect(statuses).toEqual([...Array<number>(50).fill(201), 409]);
});

test('what a key does is written down with the key', async () => {
  const { id, call } = await keyOf(admin, ['settings:write']);
  const { id: made } = (await call.post('/api/departments', { name: 'By a key' })).body as { id: number };
  const [entry] = await query(
    `select actor_id::int, data from audit_entry where subject_type = 'department' and subject_id = ?`,
    [made],
  );
  expect(entry).toEqual({ actor_id: 1, data: { api_key: id } });
});
