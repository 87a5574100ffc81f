import { beforeAll, expect, test } from 'vitest';
import { newActor, type Actor } from '../support/actors.ts';
import { useDesk } from '../support/desk.ts';

const desk = useDesk({ web: true });
let ana: Actor;
let marta: Actor;
beforeAll(async () => {
  ana = await newActor(desk(), 'employee', 'Ana');
  marta = await newActor(desk(), 'coordinator', 'Marta');
});

async function open(): Promise<{ id: number; path: string; tag: string }> {
  const made = await ana.post('/api/tickets', { subject: 'Slow', description: 'Very slow.', category: 'Other' });
  const id = made.body['id'] as number;
  const path = `/api/tickets/${id}`;
  return { id, path, tag: await tagOf(path) };
}

const tagOf = async (path: string, by = marta) => (await by.raw(path)).headers.get('etag') ?? '';
const ifNoneMatch = (path: string, tag: string, by = marta) => by.raw(path, { headers: { 'if-none-match': tag } });
const ifMatch = (path: string, tag: string, body: unknown, by = marta) =>
  by.send('POST', path, body, { 'if-match': tag });
const approve = { name: 'approve', priority: 'low' };

test('who has an object already gets 304 without a body, until it changes', async () => {
  const { path, tag } = await open();
  expect(tag).toMatch(/^"1-[\w-]{22}"$/);
  for (const have of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
    const response = await ifNoneMatch(path, have);
    expect([response.status, await response.text(), response.headers.get('etag')]).toEqual([304, '', tag]);
  }
  await marta.post(`${path}/comments`, { body: 'Since when?' });
  const changed = await ifNoneMatch(path, tag);
  expect(changed.status).toBe(200);
  expect(changed.headers.get('etag')).toMatch(/^"2-[\w-]{22}"$/);
});

test('what changes without a new version changes the tag too', async () => {
  const { path, tag } = await open();
  await desk().transaction((tx) => tx.em.execute(`update employee set last_name = 'Newname' where id = ?`, [ana.id]));
  expect((await ifNoneMatch(path, tag)).status).toBe(200);
});

test('lists, settings of the desk and files have a tag as well', async () => {
  const form = new FormData();
  form.set('subject', 'With a file');
  form.set('description', 'See there.');
  form.append('attachments', new Blob(['words'], { type: 'text/plain' }), 'a.txt');
  const opened = await ana.send('POST', '/api/tickets', form);
  const [comment] = opened.body['conversation'] as { attachments: { url: string }[] }[];
  for (const path of ['/api/tickets?limit=1', '/api/options', '/api/desk', comment?.attachments[0]?.url ?? '']) {
    const tag = await tagOf(path, ana);
    expect((await ifNoneMatch(path, tag, ana)).status, path).toBe(304);
    expect((await ifNoneMatch(path, '"another"', ana)).status, path).toBe(200);
  }
});

test('a tag opens nothing: who may not see the object does not learn that it is unchanged', async () => {
  const { path, tag } = await open();
  const stranger = await newActor(desk(), 'employee');
  expect((await ifNoneMatch(path, tag, stranger)).status).toBe(404);
});

test('If-Match lets a change through for the version it was made for, and refuses it with what happened since', async () => {
  const { path, tag } = await open();
  await ana.post(`${path}/comments`, { body: 'Still slow.' });
  await marta.post(`${path}/comments`, { body: 'He always says so.', visibility: 'internal' });
  const stale = await ifMatch(`${path}/transitions`, tag, approve);
  expect(stale).toMatchObject({
    status: 409,
    body: {
      code: 'version_conflict',
      details: {
        version: 3,
        changes: [
          { type: 'commented', actor: { id: ana.id }, data: { visibility: 'public' } },
          { type: 'commented', actor: { id: marta.id }, data: { visibility: 'internal' } },
        ],
      },
    },
  });
  expect((await marta.get(path)).body['status']).toBe('new');
  // A proxy that compresses makes tags weak.
  expect((await ifMatch(`${path}/transitions`, `W/${await tagOf(path)}`, approve)).status).toBe(200);
  expect((await ifMatch(`${path}/transitions`, '*', { name: 'claim' })).status).toBe(200);
});

test('a comment can be bound to a version too, in a form as well; a requester hears nothing of notes', async () => {
  const { path, tag } = await open();
  await marta.post(`${path}/comments`, { body: 'Between us.', visibility: 'internal' });
  const form = new FormData();
  form.set('body', 'A late answer');
  form.set('version', '1');
  for (const answer of [
    await ifMatch(`${path}/comments`, tag, { body: 'A late answer' }, ana),
    await ana.post(`${path}/comments`, { body: 'A late answer', version: 1 }),
    await ana.send('POST', `${path}/comments`, form),
  ])
    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'version_conflict', details: { version: 2, changes: [] } },
    });
  expect((await ana.get(path)).body['conversation']).toHaveLength(1);
});

test.each([
  ['no tag', 'words'],
  ['a tag of a list, which has no version', '"0123456789012345678901"'],
  ['two tags', '"1-0123456789012345678901", "2-0123456789012345678901"'],
])('an If-Match that is none of ours is refused: %s', async (_, tag) => {
  const { path } = await open();
  expect(await ifMatch(`${path}/transitions`, tag, approve)).toMatchObject({
    status: 400,
    body: { details: { 'If-Match': expect.any(Array) } },
  });
});

test('If-Match is refused where a change is bound to no version, and where it contradicts the body', async () => {
  const { path, tag } = await open();
  expect(await ifMatch('/api/tickets', tag, { subject: 'a', description: 'b' }, ana)).toMatchObject({
    status: 400,
    body: { details: { 'If-Match': expect.any(Array) } },
  });
  expect(await ifMatch(`${path}/transitions`, tag, { ...approve, version: 2 })).toMatchObject({
    status: 400,
    body: { details: { version: expect.any(Array) } },
  });
});
