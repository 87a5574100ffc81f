import { expect, test } from 'vitest';
import type { OpenApi } from '../../src/api/openapi.ts';
import { PATHS, type RouteName } from '../../src/contract/paths.ts';
import { ROUTES } from '../../src/contract/routes.ts';
import type { Route } from '../../src/contract/route.ts';
import { newActor } from '../support/actors.ts';
import { client } from '../support/client.ts';
import { PRODUCTION, useDesk } from '../support/desk.ts';

const desk = useDesk({ web: true });
const production = useDesk({ web: true, env: PRODUCTION });

test('every described operation exists, and asks for a sign-in exactly where it says so', async () => {
  const { paths } = (await client(desk().url).get('/api/openapi.json')).body as unknown as OpenApi;
  for (const [path, methods] of Object.entries(paths))
    for (const [method, { operationId, security }] of Object.entries(methods)) {
      const body = method === 'get' ? undefined : {};
      const { status } = await client(desk().url).send(method.toUpperCase(), path.replace(/\{\w+\}/g, '1'), body);
      expect([405, 500], operationId).not.toContain(status);
      if (security) expect(status, operationId).toBe(401);
    }
});

test('the reference of the API is a page under the same policy as every other', async () => {
  for (const [path, type] of [
    ['/api/docs', 'text/html; charset=utf-8'],
    ['/api/docs/style.css', 'text/css; charset=utf-8'],
  ] as const) {
    const response = await client(desk().url).raw(path);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
    expect(response.headers.get('content-security-policy')).toMatch(/script-src 'self'; style-src 'self'/);
  }
});

test('outside local mode the operations of local mode are not described, and do not exist', async () => {
  const { paths } = (await client(production().url).get('/api/openapi.json')).body as unknown as OpenApi;
  const admin = await newActor(production(), 'admin');
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
