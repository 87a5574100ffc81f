import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WAITS, webhookSender } from '../../src/integrations/webhooks/send-deliveries.ts';
import { silent } from '../../src/log.ts';
import { newActor, type Actor } from '../support/actors.ts';
import { startTestDesk, type TestDesk } from '../support/desk.ts';
import { auditRows } from '../support/audit.ts';
import { eventually } from '../support/processes.ts';

interface Told {
  path: string;
  headers: IncomingHttpHeaders;
  raw: string;
  body: {
    type: string;
    data: { ticket: { id: number }; comment: { body: string } | null; event: { facts: object; actor: object } };
  };
}

/** Takes what it is told, by path; answers 200 unless a path is told otherwise. */
const told: Told[] = [];
const answers = new Map<string, (response: ServerResponse, nth: number) => unknown>();
const server = createServer((request, response) => {
  void (async () => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const [raw, path] = [Buffer.concat(pieces).toString(), request.url ?? ''];
    told.push({ path, headers: request.headers, raw, body: JSON.parse(raw) as Told['body'] });
    const answer = answers.get(path);
    if (answer) answer(response, at(path).length);
    else response.end();
  })();
});
const at = (path: string) => told.filter((one) => one.path === path);

let base: string;
let desk: TestDesk;
let stop: () => Promise<void>;
let admin: Actor;
let ana: Actor;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  ({ desk, stop } = await startTestDesk({
    web: true,
    worker: true,
    env: { WEBHOOK_HOSTS: `${base},hooks.example.com` },
  }));
  [admin, ana] = [await newActor(desk, 'admin', 'Marta'), await newActor(desk, 'employee', 'Ana')];
});
afterAll(async () => {
  server.closeAllConnections();
  await stop?.();
  server.close();
});

const ALL = [
  'ticket.opened',
  'ticket.status_changed',
  'ticket.assigned',
  'ticket.changed',
  'comment.created',
  'comment.edited',
];
interface Hook {
  id: number;
  secret: string;
  path: string;
  log(): Promise<
    {
      id: number;
      message_id: string;
      event: string;
      state: string;
      attempts: number;
      status: number | null;
      error: string | null;
    }[]
  >;
}

/** A webhook for this test alone, which ends with it. */
async function hook(path: string, events = ALL, url = `${base}${path}`): Promise<Hook> {
  const { status, body } = await admin.post('/api/webhooks', { name: path, url, events });
  expect([status, body['error']]).toEqual([201, undefined]);
  const id = Number(body['id']);
  onTestFinished(async () => void (await admin.send('DELETE', `/api/webhooks/${id}`)));
  const log = async () =>
    (await admin.get(`/api/webhooks/${id}/deliveries`)).body['results'] as Awaited<ReturnType<Hook['log']>>;
  return { id, secret: String(body['secret']), path, log };
}
const submit = async () =>
  Number(
    (
      await ana.post('/api/tickets', {
        subject: 'The lift',
        description: 'It stands still.',
        category: 'Other',
        priority: 'low',
      })
    ).body['id'],
  );

/** All that waits for it, also what has failed just now, could be sent. */
const due = ({ id }: Hook) =>
  desk.transaction((tx) =>
    tx.em.execute(`update webhook_delivery set next_at = now() - interval '1 second' where webhook_id = ?`, [id]),
  );

/** As a receiver checks it, by the standard alone. */
function isSigned({ headers, raw }: Told, secret: string): boolean {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${raw}`;
  return headers['webhook-signature'] === `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

test('what happens to a ticket is told in signed messages; notes, and replies before they go out, are not', async () => {
  const all = await hook('/all');
  const { secret, path, log } = all;
  const id = await submit();
  await admin.post(`/api/tickets/${id}/comments`, { body: 'A note among us', visibility: 'internal' });
  const later = new Date(Date.now() + 3600_000).toISOString();
  const held = await admin.post(`/api/tickets/${id}/comments`, { body: 'A hasty reply', send_at: later });
  await admin.post(`/api/tickets/${id}/comments`, { body: 'We look at it.' });
  await admin.post(`/api/tickets/${id}/transitions`, { name: 'approve' });
  await admin.post(`/api/tickets/${id}/comments/${Number(held.body['id'])}/undo`);
  await admin.post(`/api/tickets/${id}/comments`, { body: 'A reply of tomorrow', send_at: later });
  await eventually('three messages', () => at(path).length >= 3);
  await eventually(
    'nothing waits but the reply of tomorrow',
    async () => (await log()).filter(({ state }) => state === 'pending').length === 1,
  );

  // As if it had been put off: its message was written for an earlier moment.
  await due(all);
  const sender = webhookSender(desk.transaction, silent, desk.jobs.webhooks);
  await sender.turn();
  await sender.settle();
  const mine = at(path);
  expect(mine.map(({ body }) => body.type).sort()).toEqual([
    'comment.created',
    'ticket.opened',
    'ticket.status_changed',
  ]);
  expect(mine.every((one) => isSigned(one, secret))).toBe(true);
  expect(new Set(mine.map(({ headers }) => headers['webhook-id'])).size).toBe(3);
  expect(mine.find(({ body }) => body.type === 'comment.created')?.body.data).toMatchObject({
    ticket: { id },
    comment: { body: 'We look at it.' },
  });
  expect(mine.find(({ body }) => body.type === 'ticket.status_changed')?.body.data.event).toMatchObject({
    facts: { transition: 'approve', from: 'new', to: 'open' },
    actor: { id: admin.id, name: 'Marta Example' },
  });
  expect(told.map(({ raw }) => raw).join()).not.toMatch(/note among us|hasty|tomorrow/);
});

test('only the events that were asked for are told, and nothing while it is switched off', async () => {
  const { id, path } = await hook('/some', ['ticket.assigned']);
  const other = await hook('/off', ['ticket.opened']);
  const off = await admin.send('PATCH', `/api/webhooks/${other.id}`, { version: 1, enabled: false });
  expect(off.body).toMatchObject({ enabled: false, version: 2 });
  expect((await admin.send('PATCH', `/api/webhooks/${id}`, { version: 7, name: 'x' })).status).toBe(409);
  const ticket = await submit();
  await admin.send('PATCH', `/api/tickets/${ticket}`, { assignee: admin.id });
  await eventually('the message', () => at(path).length > 0);
  expect(at(path).map(({ body }) => body.type)).toEqual(['ticket.assigned']);
  expect([at('/off'), await other.log()]).toEqual([[], []]);
});

test('what fails is tried again with the same id, signed anew, and is delivered once', async () => {
  const { secret, path, log } = await hook('/flaky', ['ticket.opened']);
  answers.set(path, (response, nth) => response.writeHead(nth === 1 ? 500 : 200).end());
  await submit();
  await eventually('the first try', async () => (await log())[0]?.error === 'It answered 500');
  await eventually('the second try', async () => (await log())[0]?.state === 'delivered');
  const [first, second, ...more] = at(path);
  expect(more).toEqual([]);
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  expect(
    Number(second?.headers['webhook-timestamp']) - Number(first?.headers['webhook-timestamp']),
  ).toBeGreaterThanOrEqual(5);
  expect(second && isSigned(second, secret)).toBe(true);
  expect(await log()).toMatchObject([{ state: 'delivered', attempts: 2, status: 200, error: null }]);
});

test('what fails to the last is a dead letter, with its reason, and can be replayed with its id', async () => {
  const { id, path, log } = await hook('/dead', ['ticket.opened']);
  answers.set(path, (response) => response.writeHead(503).end());
  await submit();
  await eventually('the first try', async () => (await log())[0]?.error !== null && (await log()).length > 0);
  // The other tries are as they would be a day later.
  await desk.transaction((tx) =>
    tx.em.execute('update webhook_delivery set attempts = ?, next_at = now() where webhook_id = ?', [WAITS.length, id]),
  );
  const [dead] = await eventually('it is given up', async () => ((await log())[0]?.state === 'dead' ? log() : null));
  expect(dead).toMatchObject({ state: 'dead', attempts: WAITS.length + 1, status: 503, error: 'It answered 503' });
  expect((await admin.get('/api/webhooks')).body['results']).toEqual(
    expect.arrayContaining([expect.objectContaining({ id, dead: 1, waiting: 0 })]),
  );
  answers.delete(path);
  const replay = () => admin.post(`/api/webhooks/${id}/deliveries/${dead?.id}/replay`);
  expect(await replay()).toMatchObject({ status: 200, body: { state: 'pending', attempts: 0 } });
  await eventually('it is delivered', async () => (await log())[0]?.state === 'delivered');
  expect(new Set(at(path).map(({ headers }) => headers['webhook-id']))).toEqual(new Set([dead?.message_id]));
  expect((await auditRows(desk)).map(({ action }) => action)).toContain('webhook.replayed');
});

test('one that hangs holds up nobody but itself, and one that answers 410 is switched off', async () => {
  const hanging = await hook('/hangs', ['ticket.opened']);
  const gone = await hook('/gone', ['ticket.opened']);
  const well = await hook('/well', ['ticket.opened']);
  answers.set('/hangs', () => undefined);
  answers.set('/gone', (response) => response.writeHead(410).end());
  for (let n = 0; n < 3; n++) {
    await submit();
    const count = n + 1;
    await eventually('the well one is told', () => at(well.path).length === count, 8000);
  }
  expect((await hanging.log()).every(({ state }) => state === 'pending')).toBe(true);
  const hooks = (await admin.get('/api/webhooks')).body['results'] as {
    id: number;
    enabled: boolean;
    stopped_reason: string | null;
  }[];
  expect(hooks.find(({ id }) => id === gone.id)).toMatchObject({
    enabled: false,
    stopped_reason: 'It answered 410 (gone)',
  });
  await eventually('it is given up on for now', async () =>
    (await hanging.log()).some(({ error }) => /within 10 s/.test(error ?? '')),
  );
});

describe('T25: a webhook', () => {
  test('is made for servers of the list only, by admins who signed in just now; its secret is told once', async () => {
    for (const url of [
      'http://127.0.0.1:1/',
      'https://evil.example/',
      'http://hooks.example.com/',
      'https://hooks.example.com:8443/',
      'ftp://x',
      'x',
    ]) {
      const { status, body } = await admin.post('/api/webhooks', { name: 'x', url, events: ['ticket.opened'] });
      expect([url, status, Object.keys(body['details'] as object)]).toEqual([url, 400, ['url']]);
    }
    const { id, secret } = await hook('/secret', ['ticket.opened']);
    expect(JSON.stringify((await admin.get('/api/webhooks')).body)).not.toContain(secret);
    const stored = await desk.transaction((tx) =>
      tx.em.execute<{ secret: string }[]>('select secret from webhook where id = ?', [id]),
    );
    expect(stored[0]?.secret).not.toContain(secret.slice(6));
    expect(
      (await admin.send('PATCH', `/api/webhooks/${id}`, { version: 1, url: 'http://169.254.169.254/' })).status,
    ).toBe(400);
    expect((await ana.get('/api/webhooks')).status).toBe(403);
  });

  test('follows no redirect, and none that leads to an inner address is called', async () => {
    const canary = await hook('/canary', ['comment.edited']);
    const sends = await hook('/redirects', ['ticket.opened']);
    answers.set(sends.path, (response) => response.writeHead(307, { location: `${base}/canary` }).end());
    const inner = await hook('/inner', ['ticket.opened'], 'https://hooks.example.com/');
    await submit();
    await eventually('the redirect', async () => (await sends.log())[0]?.error === 'It answered 307');
    // As if its name led inside.
    const lookup = {
      lookup: ((_host, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }])) as NonNullable<
        typeof desk.jobs.webhooks.lookup
      >,
    };
    const sender = webhookSender(desk.transaction, silent, { ...desk.jobs.webhooks, ...lookup });
    await eventually('it is refused', async () => {
      await due(inner);
      await sender.turn();
      await sender.settle();
      return (await inner.log())[0]?.error?.endsWith(
        'leads to 127.0.0.1, which is not an address of the public internet',
      );
    });
    expect(at(canary.path)).toEqual([]);
    expect(at('/')).toEqual([]);
  });
});
