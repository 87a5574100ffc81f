import { afterAll, expect, test } from 'vitest';
import { client } from '../support/client.ts';
import { startTestDesk, useDesk } from '../support/desk.ts';
import { eventually } from '../support/processes.ts';
import { cuttableProxy } from '../support/proxy.ts';

const proxy = cuttableProxy();
const desk = useDesk({ web: true, reach: (url) => proxy.reach(url) });
afterAll(() => proxy.cut());

const get = (path: string) => client(desk().url).get(path);

test('a desk with its database is alive and ready', async () => {
  expect(await get('/livez')).toMatchObject({ status: 200, body: { status: 'ok' } });
  expect(await get('/readyz')).toMatchObject({ status: 200, body: { status: 'ok' } });
});

test('M23: while the database is away the desk is alive, not ready, and answers 503 with Retry-After; then all is well again', async () => {
  await desk().account('coordinator');
  const staff = client(desk().url, await desk().signIn('coordinator@desk.example'));
  await proxy.cut();
  expect(await get('/livez')).toMatchObject({ status: 200 });
  expect(await get('/readyz')).toMatchObject({ status: 503, body: { status: 'unavailable', reason: 'database' } });
  for (const answer of [
    await staff.get('/api/tickets'),
    await staff.get('/api/tickets/1'),
    await staff.post('/api/tickets', { subject: 'Lost?', description: 'No.' }),
    await client(desk().url).post('/api/token/employee', { email: 'coordinator@desk.example', password: 'x' }),
  ]) {
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable', details: {} } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(JSON.stringify(answer.body)).not.toMatch(/127\.0\.0\.1|ECONN|postgres/i);
  }
  // What needs no database goes on.
  expect((await get('/api/openapi.json')).status).toBe(200);

  await proxy.mend();
  await eventually('ready again', async () => (await get('/readyz')).status === 200);
  expect((await staff.get('/api/tickets')).status).toBe(200);
  expect((await staff.get('/api/tickets')).body['count']).toBe(0);
});

test('a database that hangs makes the desk not ready within two seconds', async () => {
  proxy.freeze();
  const started = performance.now();
  expect(await get('/readyz')).toMatchObject({ status: 503, body: { reason: 'database' } });
  expect(performance.now() - started).toBeLessThan(2000);
  expect((await get('/livez')).status).toBe(200);
  await proxy.cut();
  await proxy.mend();
  await eventually('ready again', async () => (await get('/readyz')).status === 200);
});

test('a desk that stops finishes the request it is in, and takes no more', async () => {
  const stopping = await startTestDesk({ web: true });
  await stopping.desk.account('coordinator');
  const staff = client(stopping.desk.url, await stopping.desk.signIn('coordinator@desk.example'));
  const large = new FormData();
  large.set('subject', 'In flight');
  large.set('description', 'x');
  large.append('attachments', new Blob([Buffer.alloc(5_000_000)], { type: 'application/zip' }), 'a.zip');
  const sending = staff.send('POST', '/api/tickets', large);
  await eventually('it has arrived', () => hasBegun(stopping.desk.url, sending));
  const stopped = stopping.stop();
  expect((await sending).status).toBe(201);
  const finished = performance.now();
  await stopped;
  // It does not wait for a client that only keeps its connection open.
  expect(performance.now() - finished).toBeLessThan(3000);
  await expect(fetch(`${stopping.desk.url}/livez`)).rejects.toThrow();
});

/** True once the desk has surely begun to read: it answers another request that was sent after. */
async function hasBegun(url: string, sending: Promise<unknown>): Promise<boolean> {
  return Promise.race([sending.then(() => true), fetch(`${url}/livez`).then(({ ok }) => ok)]);
}
