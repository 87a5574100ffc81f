import { beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { PATHS, type RouteName } from '../../src/contract/paths.ts';
import { ROUTES } from '../../src/contract/routes.ts';
import type { Route } from '../../src/contract/route.ts';
import { client, type Client } from '../support/client.ts';
import { PRODUCTION, useDesk } from '../support/desk.ts';

const desk = useDesk({ web: true });
const production = useDesk({ web: true, env: PRODUCTION });

interface Operation {
  operationId: string;
  summary: string;
  security?: unknown[];
  parameters: { name: string; in: string; required: boolean; schema: object }[];
  requestBody?: { content: Record<string, { schema?: object }> };
  responses: Record<string, { description: string; content: Record<string, { schema?: JsonSchema }> }>;
}
type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];
interface Document {
  openapi: string;
  info: object;
  paths: Record<string, Record<string, Operation>>;
}

let document: Document;
beforeAll(async () => {
  document = (await client(desk().url).get('/api/openapi.json')).body as unknown as Document;
});
const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );

test('the description is OpenAPI 3.1 and names every operation of the contract once', () => {
  expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'SmartSupport', version: expect.any(String) } });
  const described = operations().map(({ path, method, operation }) => [operation.operationId, method, path]);
  const contract = (Object.keys(PATHS) as RouteName[]).map((name) => [
    name,
    PATHS[name][0],
    PATHS[name][1].replace(/:(\w+)/g, '{$1}'),
  ]);
  expect(described.sort()).toEqual(contract.sort());
});

test('every operation says what it takes and gives: path parameters, a body where one is sent, success and refusal', () => {
  for (const { path, method, operation } of operations()) {
    const named = operation.parameters.filter((parameter) => parameter.in === 'path');
    expect(named.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
    expect(named.every(({ required }) => required)).toBe(true);
    expect(operation.requestBody === undefined, operation.operationId).toBe(method === 'GET');
    expect(operation.summary).not.toBe('');
    const [success, refusal, ...more] = Object.keys(operation.responses);
    expect([success, refusal, more]).toEqual([expect.stringMatching(/^(20[0-4]|302)$/), 'default', []]);
  }
});

test('the document stands alone: no reference leads out of it', () => {
  expect(JSON.stringify(document)).not.toMatch(/"\$ref":"(?!#)/);
  expect(JSON.stringify(document)).not.toContain('$schema');
});

test('every described operation exists, and asks for a sign-in exactly where it says so', async () => {
  for (const { path, method, operation } of operations()) {
    const { status } = await client(desk().url).send(
      method,
      path.replace('{id}', '1'),
      method === 'GET' ? undefined : {},
    );
    expect(status, operation.operationId).not.toBe(405);
    expect(status, operation.operationId).not.toBe(500);
    if (operation.security) expect(status, operation.operationId).toBe(401);
    // Who is redirected to the OpenID provider has a test of its own: here is none.
    else if (method === 'GET') expect(status, operation.operationId).toBe(302 in operation.responses ? 404 : 200);
  }
});

test('answers are what the description says', async () => {
  await desk().account('coordinator');
  const staff: Client = client(desk().url, await desk().signIn('coordinator@desk.example'));
  const { ticketId } = await desk().receive('html-with-inline-image');
  await staff.post(`/api/tickets/${ticketId}/transitions`, { name: 'approve', priority: 'low', category: 'Other' });
  const answers: [RouteName, number, unknown][] = [];
  const ask = async (name: RouteName, path: string, body?: unknown, as = staff) => {
    const answer = await as.send(PATHS[name][0], path, body);
    answers.push([name, answer.status, answer.body]);
  };
  await ask('desk', '/api/desk');
  await ask('options', '/api/options');
  await ask('listTickets', '/api/tickets?limit=1');
  await ask('readTicket', `/api/tickets/${ticketId}`);
  await ask('openTicket', '/api/tickets', { subject: 'Described', description: 'As it is.', category: 'Other' });
  await ask('addComment', `/api/tickets/${ticketId}/comments`, { body: 'A note', visibility: 'internal' });
  await ask('transitionTicket', `/api/tickets/${ticketId}/transitions`, { name: 'hold', reason: 'A part is missing' });
  await ask('listLocalMail', '/api/dev/mail');
  await desk().account('admin');
  const admin = client(desk().url, await desk().signIn('admin@desk.example'));
  await ask('readSettings', '/api/settings', undefined, admin);
  await ask('changeSettings', '/api/settings', { version: 0, priority_names: { high: 'Urgent' } }, admin);
  await ask('createDepartment', '/api/departments', { name: 'Described' }, admin);
  await ask('listDepartments', '/api/departments', undefined, admin);
  await ask('changeCategory', '/api/categories/1', { active: true }, admin);
  await ask('listCategories', '/api/categories', undefined, admin);
  await ask('listAudit', '/api/audit?limit=5', undefined, admin);
  const key = { name: 'Described', scopes: ['tickets:read'], expires_at: new Date(Date.now() + 1e9).toISOString() };
  await ask('createApiKey', '/api/api-keys', key, admin);
  await ask('revokeApiKey', '/api/api-keys/1', undefined, admin);
  await ask('listApiKeys', '/api/api-keys', undefined, admin);
  await ask('readTicket', '/api/tickets/999999');
  await ask('openTicket', '/api/tickets', { subject: '' });
  for (const [name, status, body] of answers) {
    const { responses } = operations().find(({ operation }) => operation.operationId === name)?.operation ?? {};
    const schema = (responses?.[status] ?? responses?.['default'])?.content['application/json']?.schema ?? {};
    expect(z.fromJSONSchema(schema).safeParse(body).error?.issues ?? [], `${name} ${status}`).toEqual([]);
  }
  expect(answers.map(([, status]) => status)).toEqual([
    ...[200, 200, 200, 200, 201, 201, 200, 200],
    ...[200, 200, 201, 200, 200, 200, 200],
    ...[201, 200, 200],
    ...[404, 400],
  ]);
});

test('outside local mode the operations of local mode are not described, and do not exist', async () => {
  const { paths } = (await client(production().url).get('/api/openapi.json')).body as unknown as Document;
  await production().account('admin');
  const admin = client(production().url, await production().signIn('admin@desk.example'));
  const locals = (Object.keys(PATHS) as RouteName[]).filter((name) => (ROUTES[name] as Route).local);
  expect(locals).toEqual(['listLocalMail', 'sendLocalMail', 'readLocalMail']);
  for (const name of locals) {
    const [method, path] = PATHS[name];
    expect(paths).not.toHaveProperty([path.replace(/:(\w+)/g, '{$1}')]);
    const answer = await admin.send(method, path.replace(':id', '1'), method === 'GET' ? undefined : 'Subject: x\n\n');
    expect(answer, name).toMatchObject({ status: 404, body: { code: 'not_found' } });
  }
  expect((await admin.get('/api/desk')).body).toMatchObject({ local: false });
});
