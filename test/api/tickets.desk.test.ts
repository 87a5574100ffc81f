import { expect, test } from 'vitest';
import { useDesk } from '../support/desk.ts';
import { client, type Client } from '../support/client.ts';

const desk = useDesk({ web: true, worker: true });

async function as(
  role: 'employee' | 'coordinator' | 'admin',
  email = `${role}-${Math.floor(performance.now() * 1000)}@desk.example`,
): Promise<Client> {
  await desk().account(role, email);
  return client(desk().url, await desk().signIn(email));
}

test('an employee submits a ticket, a coordinator answers and resolves it, and the employee gets each by mail', async () => {
  const employee = await as('employee', 'ana@desk.example');
  const coordinator = await as('coordinator');

  const opened = await employee.post('/api/tickets', {
    subject: 'No sound',
    description: 'The headset is silent.',
    category: 'hardware',
    sub_category: 'Phone',
  });
  expect(opened.status).toBe(201);
  expect(opened.body).toMatchObject({
    ticket_number: expect.stringMatching(/^TX\d{4,}$/),
    status: 'new',
    category: 'Hardware',
    sub_category: 'Phone',
  });
  const path = `/api/tickets/${opened.body['id'] as number}`;

  expect((await coordinator.post(`${path}/transitions`, { name: 'approve', priority: 'high' })).body['status']).toBe(
    'open',
  );
  expect((await coordinator.post(`${path}/transitions`, { name: 'claim' })).body).toMatchObject({
    status: 'in_progress',
    assignee: { role: 'coordinator' },
  });
  expect((await coordinator.post(`${path}/comments`, { body: 'Is it muted?' })).status).toBe(201);
  expect((await coordinator.post(`${path}/comments`, { body: 'Probably muted.', visibility: 'internal' })).status).toBe(
    201,
  );
  expect(
    (await coordinator.post(`${path}/transitions`, { name: 'resolve', comment: 'It was muted.' })).body['status'],
  ).toBe('resolved');
  expect((await employee.post(`${path}/transitions`, { name: 'close' })).body['status']).toBe('closed');

  const seen = await employee.get(path);
  expect(seen.body['conversation']).toHaveLength(3);
  expect(JSON.stringify(seen.body)).not.toContain('Probably muted');
  const mails = () =>
    desk()
      .caught.mails.filter(({ to }) => to.includes('ana@desk.example'))
      .map(({ raw }) => raw)
      .join('\n');
  for (const words of ['Is it muted?', 'It was muted.']) await expect.poll(mails, { timeout: 8000 }).toContain(words);
  expect(mails()).not.toContain('Probably muted');
});

test('T14: a file is given to those who see its comment and to nobody else', async () => {
  const [owner, other, staff] = [await as('employee'), await as('employee'), await as('coordinator')];
  const form = new FormData();
  form.set('subject', 'With a picture');
  form.set('description', 'See the file.');
  form.append(
    'attachments',
    new Blob(['<script>alert(1)</script>'], { type: 'image/svg+xml' }),
    '../../evil\u202e.svg',
  );
  const opened = await owner.send('POST', '/api/tickets', form);
  expect(opened.status).toBe(201);
  const [comment] = opened.body['conversation'] as { attachments: { url: string; filename: string; size: number }[] }[];
  const [file] = comment?.attachments ?? [];
  expect(file).toMatchObject({ filename: 'evil.svg', size: 25 });

  for (const [reader, status] of [
    [owner, 200],
    [staff, 200],
    [other, 404],
    [client(desk().url), 401],
  ] as const) {
    const response = await reader.raw(file?.url ?? '');
    expect(response.status).toBe(status);
  }
  const download = await owner.raw(file?.url ?? '');
  expect(download.headers.get('content-disposition')).toMatch(/^attachment; filename="?evil\.svg"?$/);
  expect(download.headers.get('content-type')).toBe('application/octet-stream');
  expect(download.headers.get('x-content-type-options')).toBe('nosniff');
  expect(download.headers.get('content-security-policy')).toContain('sandbox');
});

test('a foreign ticket does not exist, a function that is not yours is forbidden', async () => {
  const [owner, other] = [await as('employee'), await as('employee')];
  const opened = await owner.post('/api/tickets', { subject: 'Mine', description: 'Only mine.' });
  const path = `/api/tickets/${opened.body['id'] as number}`;

  expect((await other.get(path)).status).toBe(404);
  expect((await other.post(`${path}/comments`, { body: 'Hello' })).status).toBe(404);
  expect((await other.post(`${path}/transitions`, { name: 'withdraw' })).status).toBe(404);
  expect((await other.get('/api/tickets')).body).toMatchObject({ count: 0, results: [] });
  expect(
    (await owner.post(`${path}/transitions`, { name: 'approve', priority: 'low', category: 'Other' })).status,
  ).toBe(403);
  expect((await owner.post(`${path}/comments`, { body: 'Psst', visibility: 'internal' })).status).toBe(403);
  const wrong = await owner.post(`${path}/transitions`, { name: 'reopen' });
  expect(wrong).toMatchObject({
    status: 409,
    body: { code: 'invalid_transition', details: { status: 'new', allowed: ['withdraw'] } },
  });
});

test.each<[string, string, string, unknown, number, string]>([
  ['malformed JSON', 'POST', '/api/tickets', '{"subject":', 400, 'malformed_request'],
  ['a wrong type', 'POST', '/api/tickets', { subject: 1, description: 'x' }, 400, 'validation_failed'],
  [
    'an unknown field',
    'POST',
    '/api/tickets',
    { subject: 'a', description: 'b', role: 'admin' },
    400,
    'validation_failed',
  ],
  [
    'a subject with a line break (T17)',
    'POST',
    '/api/tickets',
    { subject: 'a\r\nBcc: evil@x.example', description: 'b' },
    400,
    'validation_failed',
  ],
  ['a NUL character', 'POST', '/api/tickets', { subject: 'a', description: 'b\u0000' }, 400, 'validation_failed'],
  [
    'an unknown category',
    'POST',
    '/api/tickets',
    { subject: 'a', description: 'b', category: 'Nope' },
    400,
    'validation_failed',
  ],
  ['a repeated parameter (V33)', 'GET', '/api/tickets?limit=1&limit=2', undefined, 400, 'validation_failed'],
  ['a page of 10,000 (V36)', 'GET', '/api/tickets?limit=10000', undefined, 400, 'validation_failed'],
  ['a made-up cursor', 'GET', '/api/tickets?cursor=1', undefined, 400, 'validation_failed'],
  ['an unknown parameter', 'GET', '/api/tickets?sort=1', undefined, 400, 'validation_failed'],
  ['a bad escape', 'GET', '/api/tickets/%zz', undefined, 400, 'malformed_request'],
  ['an id that is none', 'GET', '/api/tickets/abc', undefined, 404, 'not_found'],
  ['an id beyond any', 'GET', '/api/tickets/9007199254740993', undefined, 404, 'not_found'],
  ['an unknown path', 'GET', '/api/nothing', undefined, 404, 'not_found'],
  ['another case of a path', 'GET', '/api/Tickets', undefined, 404, 'not_found'],
  ['a wrong method', 'DELETE', '/api/tickets', undefined, 405, 'method_not_allowed'],
  [
    '__proto__ as a field (T39)',
    'POST',
    '/api/tickets',
    '{"subject":"a","description":"b","__proto__":{"x":1}}',
    400,
    'validation_failed',
  ],
])('%s is answered with the error shape', async (_, method, path, body, status, code) => {
  const employee = await as('employee');
  const answer = await employee.send(method, path, body);
  expect(answer).toMatchObject({ status, body: { code, error: expect.any(String), details: expect.any(Object) } });
  expect(({} as Record<string, unknown>)['x']).toBeUndefined();
});

test('every path works with a slash at its end', async () => {
  const coordinator = await as('coordinator');
  const opened = await coordinator.post('/api/tickets/', { subject: 'Slash', description: 'At the end.' });
  expect(opened.status).toBe(201);
  const path = `/api/tickets/${opened.body['id'] as number}`;
  expect((await coordinator.get(`${path}/`)).status).toBe(200);
  expect((await coordinator.post(`${path}/comments/`, { body: 'Hello' })).status).toBe(201);
  expect(
    (await coordinator.post(`${path}/transitions/`, { name: 'approve', priority: 'low', category: 'Other' })).status,
  ).toBe(200);
  expect((await coordinator.get('/api/openapi.json/')).status).toBe(200);
});

test('pages follow each other without a gap, forwards and back', async () => {
  const employee = await as('employee');
  for (const subject of ['one', 'two', 'three', 'four', 'five'])
    await employee.post('/api/tickets', { subject, description: 'x' });
  type Page = { next: string | null; previous: string | null; count: number; results: { subject: string }[] };
  const page = async (url: string) => (await employee.get(url)).body as unknown as Page;
  const subjects = ({ results }: Page) => results.map(({ subject }) => subject);

  const first = await page('/api/tickets?limit=2');
  expect([subjects(first), first.count, first.previous]).toEqual([['five', 'four'], 5, null]);
  const second = await page(first.next ?? '');
  expect(subjects(second)).toEqual(['three', 'two']);
  const third = await page(second.next ?? '');
  expect([subjects(third), third.next]).toEqual([['one'], null]);
  expect(subjects(await page(third.previous ?? ''))).toEqual(['three', 'two']);
  expect(subjects(await page(second.previous ?? ''))).toEqual(['five', 'four']);
});

test('a stale version is refused and changes nothing', async () => {
  const coordinator = await as('coordinator');
  const opened = await coordinator.post('/api/tickets', {
    subject: 'Twice',
    description: 'x',
    category: 'Other',
    priority: 'low',
  });
  const path = `/api/tickets/${opened.body['id'] as number}`;
  const { version } = opened.body as { version: number };
  expect((await coordinator.post(`${path}/transitions`, { name: 'approve', version })).status).toBe(200);
  expect(await coordinator.post(`${path}/transitions`, { name: 'claim', version })).toMatchObject({
    status: 409,
    body: { code: 'version_conflict' },
  });
  expect((await coordinator.get(path)).body['status']).toBe('open');
});
