import { beforeAll, expect, test } from 'vitest';
import { takesIdempotencyKey } from '../../src/contract/idempotency.ts';
import { PATHS, type RouteName } from '../../src/contract/paths.ts';
import { expireKeys } from '../../src/db/idempotency.ts';
import { newActor, type Actor } from '../support/actors.ts';
import type { Answer } from '../support/client.ts';
import { useDesk } from '../support/desk.ts';

const desk = useDesk({ web: true });
let ana: Actor;
beforeAll(async () => {
  ana = await newActor(desk(), 'employee', 'Ana');
});

const ticket = (subject: string) => ({ subject, description: 'As it is.' });
const post = (body: unknown, key: string, path = '/api/tickets', by: Actor = ana): Promise<Answer> =>
  by.send('POST', path, body, { 'idempotency-key': key });
const rows = async (sql: string, params: unknown[] = []) =>
  desk().transaction((tx) => tx.em.execute<Record<string, unknown>[]>(sql, params));
const ticketsCalled = async (subject: string) =>
  (await rows('select 1 from ticket where subject = ?', [subject])).length;

function form(subject: string, file = 'the same bytes'): FormData {
  const made = new FormData();
  made.set('subject', subject);
  made.set('description', 'With a file.');
  made.append('attachments', new Blob([file], { type: 'text/plain' }), 'a.txt');
  return made;
}

test.each([
  ['as JSON', (subject: string) => ticket(subject)],
  ['as a form with a file', (subject: string) => form(subject)],
])('M57: 20 parallel submissions of one key %s make one ticket, and each gets the same answer', async (how, body) => {
  const subject = `Twenty times ${how}`;
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => post(body(subject), `twenty ${how}`.replaceAll(' ', '-'))),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201));
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  const replayed = answers.filter(({ headers }) => headers.get('idempotent-replayed') === 'true');
  expect(replayed).toHaveLength(19);
  expect(await ticketsCalled(subject)).toBe(1);
  expect(
    await rows('select count(*)::int as n from attachment a join ticket t on t.id = a.ticket_id where t.subject = ?', [
      subject,
    ]),
  ).toEqual([{ n: how === 'as JSON' ? 0 : 1 }]);
});

test('the same key with another request is a conflict, and changes nothing', async () => {
  expect((await post(ticket('First meaning'), 'meaning')).status).toBe(201);
  expect(await post(ticket('Second meaning'), 'meaning')).toMatchObject({
    status: 409,
    body: { code: 'idempotency_conflict' },
  });
  expect((await post(form('A file'), 'file')).status).toBe(201);
  expect((await post(form('A file', 'other bytes'), 'file')).body['code']).toBe('idempotency_conflict');
  expect([await ticketsCalled('Second meaning'), await ticketsCalled('A file')]).toEqual([0, 1]);
});

test('a key belongs to its person and its route', async () => {
  const ben = await newActor(desk(), 'employee', 'Ben');
  const mine = await post(ticket('Mine'), 'shared');
  const his = await post(ticket('Mine'), 'shared', '/api/tickets', ben);
  expect([mine.status, his.status]).toEqual([201, 201]);
  expect(his.body['id']).not.toBe(mine.body['id']);
  const path = `/api/tickets/${mine.body['id'] as number}/comments`;
  expect((await post({ body: 'Another route' }, 'shared', path)).status).toBe(201);
  // Another object of the same route is another request.
  const other = (await post(ticket('Other'), 'other')).body['id'] as number;
  expect((await post({ body: 'Another route' }, 'shared', `/api/tickets/${other}/comments`)).status).toBe(409);
});

test('a request that was refused keeps no key: it had no effect, and may be corrected', async () => {
  expect((await post({ subject: 'Corrected' }, 'corrected')).status).toBe(400);
  expect((await post({ ...ticket('Corrected'), category: 'Nope' }, 'corrected')).status).toBe(400);
  const { headers, status } = await post(ticket('Corrected'), 'corrected');
  expect([status, headers.get('idempotent-replayed')]).toEqual([201, null]);
});

test('an answer is given again as it was, even when the ticket has changed since', async () => {
  const first = await post(ticket('Unchanged answer'), 'unchanged');
  await ana.post(`/api/tickets/${first.body['id'] as number}/comments`, { body: 'More words' });
  const again = await post(ticket('Unchanged answer'), 'unchanged');
  expect([again.status, again.body]).toEqual([201, first.body]);
});

test.each([
  ['an empty one', ''],
  ['two of them', 'one, two'],
  ['an open quote', '"one'],
  ['a quote within', '"a"b"'],
  ['256 characters', 'x'.repeat(256)],
  ['letters beyond ASCII', 'sch\u00f6n'],
  ['an empty string', '""'],
])('a bad key is refused: %s', async (_, key) => {
  const answer = await post(ticket('Bad key'), key);
  expect(answer).toMatchObject({
    status: 400,
    body: { code: 'validation_failed', details: { 'Idempotency-Key': expect.any(Array) } },
  });
  expect(await ticketsCalled('Bad key')).toBe(0);
});

test('a key in quotes (RFC 8941) is the same as a bare one', async () => {
  const quoted = await post(ticket('Quoted'), '"8e03978e-40d5-43dd-bc93-6894a57f9324"');
  const bare = await post(ticket('Quoted'), '8e03978e-40d5-43dd-bc93-6894a57f9324');
  expect([bare.body['id'], bare.headers.get('idempotent-replayed')]).toEqual([quoted.body['id'], 'true']);
});

test('after 24 hours a key is new, also before the sweeper came by; and the sweeper forgets it', async () => {
  const first = (await post(ticket('Daily'), 'daily')).body['id'];
  const age = (by: string) => rows(`update idempotency_key set created_at = created_at - interval '${by}'`);
  await age('23 hours');
  await desk().transaction(expireKeys);
  expect((await post(ticket('Daily'), 'daily')).body['id']).toBe(first);
  await age('1 hour');
  expect((await post(ticket('Another day'), 'daily')).status).toBe(201);
  await age('1 day');
  await desk().transaction(expireKeys);
  expect(await rows('select key from idempotency_key')).toEqual([]);
});

/** Names under which a request or an answer would hold what opens something. */
const SECRET =
  /password|token|secret|^(access|refresh|code|codes|key|otp|challenge|credential|recovery_codes|link|url)$/i;

test('no route whose request or answer holds a secret stores it: it takes no key', async () => {
  const document = (await ana.get('/api/openapi.json')).body as { paths: Record<string, Record<string, Operation>> };
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  const keyed = operations.filter(({ operationId }) => takesIdempotencyKey(operationId));
  expect(keyed.length).toBeGreaterThan(2);
  const holders = keyed.flatMap(({ operationId, requestBody, responses }) => {
    const success = Object.entries(responses).filter(([status]) => status.startsWith('2'));
    return namesIn([requestBody, success])
      .filter((name) => SECRET.test(name))
      .map((name) => `${operationId}: ${name}`);
  });
  // The path of a download, which asks for a sign-in.
  expect([...new Set(holders)].filter((one) => !/: url$/.test(one))).toEqual([]);
});

interface Operation {
  operationId: RouteName;
  requestBody?: unknown;
  responses: Record<string, unknown>;
}

/** Names of all properties that a schema describes. */
function namesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { properties = {} } = value as { properties?: Record<string, { type?: unknown }> };
  // Whether there is a password is none itself.
  const names = Object.keys(properties).filter((name) => properties[name]?.type !== 'boolean');
  // The code of an error opens nothing.
  return [
    ...(names.includes('error') ? names.filter((name) => name !== 'code') : names),
    ...Object.values(value).flatMap(namesIn),
  ];
}

test('where no key is taken, one is refused rather than ignored', async () => {
  const posts = (Object.keys(PATHS) as RouteName[]).filter((name) => PATHS[name][0] === 'POST');
  for (const name of posts.filter((one) => !takesIdempotencyKey(one))) {
    const answer = await post({}, 'not-here', PATHS[name][1].replace(':id', '1'));
    expect(answer, name).toMatchObject({ status: 400, body: { details: { 'Idempotency-Key': expect.any(Array) } } });
  }
  expect((await ana.send('GET', '/api/tickets', undefined, { 'idempotency-key': 'reading' })).status).toBe(200);
});
