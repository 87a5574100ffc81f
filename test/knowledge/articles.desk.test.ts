import { beforeAll, describe, expect, test } from 'vitest';
import { newActor, type Actor } from '../support/actors.ts';
import { auditRows } from '../support/audit.ts';
import { useDesk } from '../support/desk.ts';

const desk = useDesk({ web: true });
let staff: Actor;
let ana: Actor;
let ben: Actor;
beforeAll(async () => {
  staff = await newActor(desk(), 'coordinator', 'Cora');
  ana = await newActor(desk(), 'employee', 'Ana');
  ben = await newActor(desk(), 'employee', 'Ben');
});

interface Found {
  id: number;
  title: string;
  excerpt: { text: string; hit: boolean }[] | null;
}
const write = async (given: object) =>
  (await staff.post('/api/articles', { body: 'Words.', ...given })).body as { id: number; version: number };
async function publish(given: object): Promise<number> {
  const { id, version } = await write({ audience: 'public', ...given });
  expect((await staff.post(`/api/articles/${id}/publish`, { version })).status).toBe(200);
  return id;
}
const found = async (who: Actor, q: string) =>
  (await who.get(`/api/articles?q=${encodeURIComponent(q)}`)).body['results'] as Found[];
const titles = async (who: Actor, q: string) => (await found(who, q)).map(({ title }) => title);
const suggested = async (who: Actor, q: string) =>
  ((await who.get(`/api/articles/suggestions?q=${encodeURIComponent(q)}`)).body['results'] as Found[]).map(
    ({ title }) => title,
  );

test('an article is seen by staff until it is published, then by everybody it is for', async () => {
  const { id, version } = await write({ title: 'Reset the scanner', audience: 'public', category: 'Hardware' });
  expect((await ana.get(`/api/articles/${id}`)).status).toBe(404);
  expect(await titles(ana, 'scanner')).toEqual([]);
  expect(await titles(staff, 'scanner')).toEqual(['Reset the scanner']);
  await staff.post(`/api/articles/${id}/publish`, { version });
  const { body } = await ana.get(`/api/articles/${id}`);
  expect(body).toMatchObject({
    title: 'Reset the scanner',
    category: 'Hardware',
    state: 'published',
    html: '<p>Words.</p>\n',
  });
  expect(await titles(ana, 'scanner')).toEqual(['Reset the scanner']);
  const forStaff = await publish({ title: 'Who has the scanner key', audience: 'staff' });
  expect((await ana.get(`/api/articles/${forStaff}`)).status).toBe(404);
  expect(await titles(ana, 'scanner')).toEqual(['Reset the scanner']);
});

test('other words are a version: everybody reads the published one until the next is, and the history keeps both', async () => {
  const id = await publish({ title: 'Connect to the VPN', body: 'Call us.' });
  const { version } = (await staff.get(`/api/articles/${id}`)).body as { version: number };
  const changed = await staff.send('PATCH', `/api/articles/${id}`, { version, body: 'Use the client.' });
  expect(changed.body).toMatchObject({ state: 'changed', text: 2, published: 1, body: 'Use the client.' });
  expect((await ana.get(`/api/articles/${id}`)).body).toMatchObject({ text: 1, body: 'Call us.', state: 'changed' });
  expect(await titles(ana, 'client')).toEqual([]);
  const stale = await staff.send('PATCH', `/api/articles/${id}`, { version, body: 'Mine.' });
  expect([stale.status, (stale.body as { code: string }).code]).toEqual([409, 'version_conflict']);
  await staff.post(`/api/articles/${id}/publish`, { version: version + 1 });
  expect((await ana.get(`/api/articles/${id}`)).body).toMatchObject({ text: 2, body: 'Use the client.' });
  const { results } = (await staff.get(`/api/articles/${id}/versions`)).body as { results: object[] };
  expect(results).toMatchObject([
    { number: 2, body: 'Use the client.', author: 'Cora Example', published: true },
    { number: 1, body: 'Call us.', published: false },
  ]);
  await staff.post(`/api/articles/${id}/take-back`, { version: version + 2 });
  expect((await ana.get(`/api/articles/${id}`)).status).toBe(404);
  expect((await ana.get(`/api/articles/${id}/versions`)).status).toBe(403);
  const actions = (await auditRows(desk()))
    .filter(({ action }) => action.startsWith('article.'))
    .map(({ action }) => action);
  expect(actions.slice(-5)).toEqual([
    'article.written',
    'article.published',
    'article.changed',
    'article.published',
    'article.taken_back',
  ]);
});

describe('search', () => {
  test('has every word, by its beginning, whatever its accents, and says where', async () => {
    await publish({
      title: 'Müller’s café printer',
      body: '## The **driver**\n\n> is on the `share`. Ask nobody else.',
    });
    for (const q of ['muller', 'Cafe print', 'driv share', 'MÜLLERS'.slice(0, 6)])
      expect(await titles(ana, q)).toEqual(['Müller’s café printer']);
    expect(await titles(ana, 'muller scanner')).toEqual([]);
    expect((await found(ana, 'driver'))[0]?.excerpt?.filter(({ hit }) => hit)).toEqual([{ text: 'driver', hit: true }]);
    const [first] = await found(ana, 'driver');
    expect(first?.excerpt?.map(({ text }) => text).join('')).not.toMatch(/[#*>`]/);
  });

  test('puts a title before a text that has the word by the way', async () => {
    await publish({ title: 'Holidays', body: 'Enter them in the timesheet.' });
    await publish({ title: 'Timesheet', body: 'Every Friday.' });
    expect(await titles(ana, 'timesheet')).toEqual(['Timesheet', 'Holidays']);
  });

  test.each(["'", '!', '& |', ':*', '\\', '<-> (', '""'])('takes %s for no words', async (q) => {
    const { status, body } = await ana.get(`/api/articles?q=${encodeURIComponent(q)}`);
    expect([status, body['results']]).toEqual([200, []]);
  });
});

test('what somebody begins to ask is answered by the articles that have most of it, published ones only', async () => {
  await publish({ title: 'Laptop does not charge', body: 'Try another socket and another charger.' });
  await publish({ title: 'Laptop for guests', body: 'At the desk.' });
  await publish({ title: 'Will it rain', body: 'Not any more, and not on my watch.' });
  await write({ title: 'Laptop charging (draft)', audience: 'public' });
  expect(await suggested(ana, 'My laptop will not charge any more')).toEqual([
    'Laptop does not charge',
    'Laptop for guests',
  ]);
  expect(await suggested(staff, 'charging')).toEqual([]);
  expect(await suggested(ana, 'it is so')).toEqual([]);
});

test('each person says once whether it helped, and can say otherwise', async () => {
  const id = await publish({ title: 'Badge is lost' });
  const vote = (who: Actor, helped: boolean) => who.send('PUT', `/api/articles/${id}/vote`, { helped });
  await Promise.all([vote(ana, true), vote(ana, true), vote(ben, true)]);
  expect((await vote(ana, true)).body).toMatchObject({ helped: 2, not_helped: 0, my_vote: true });
  expect((await vote(ana, false)).body).toMatchObject({ helped: 1, not_helped: 1, my_vote: false });
  const hidden = await write({ title: 'Hidden', audience: 'public' });
  expect((await ana.send('PUT', `/api/articles/${hidden.id}/vote`, { helped: true })).status).toBe(404);
});

test('a solved ticket becomes a draft for staff in one step, with what was asked and what was answered last', async () => {
  const { id } = (
    await ana.post('/api/tickets', {
      subject: 'No sound',
      description: 'The *left* speaker\n# is dumb.',
      category: 'Hardware',
    })
  ).body as { id: number };
  expect((await staff.post(`/api/tickets/${id}/article`)).status).toBe(409);
  await staff.post(`/api/tickets/${id}/transitions`, { name: 'approve', priority: 'low', category: 'Hardware' });
  await staff.post(`/api/tickets/${id}/transitions`, { name: 'resolve', comment: 'Plug it in on the left.' });
  await staff.post(`/api/tickets/${id}/comments`, { body: 'A secret note', visibility: 'internal' });
  await staff.post(`/api/tickets/${id}/participants`, { email: ben.email });
  expect((await ben.post(`/api/tickets/${id}/comments`, { body: 'Mine is dumb too.' })).status).toBe(201);
  expect((await ana.post(`/api/tickets/${id}/article`)).status).toBe(403);
  const { status, body } = await staff.post(`/api/tickets/${id}/article`);
  expect([status, body]).toMatchObject([
    201,
    { title: 'No sound', category: 'Hardware', audience: 'staff', state: 'draft', ticket_id: id },
  ]);
  expect(body['html']).toBe('<p>The *left* speaker<br />\n# is dumb.</p>\n<hr />\n<p>Plug it in on the left.</p>\n');
});

test('a category that an article has is in use, and an unknown one is refused', async () => {
  const admin = await newActor(desk(), 'admin', 'Marta');
  const made = (await admin.post('/api/categories', { name: 'Canteen' })).body as { id: number };
  await write({ title: 'Lunch', category: 'Canteen' });
  expect((await admin.send('DELETE', `/api/categories/${made.id}`)).status).toBe(409);
  const refused = await staff.post('/api/articles', { title: 'x', body: 'y', category: 'Nowhere' });
  expect([refused.status, JSON.stringify(refused.body)]).toEqual([400, expect.stringContaining('category')]);
});

test('deleted with its versions; then it does not exist', async () => {
  const id = await publish({ title: 'Old news' });
  expect((await ana.send('DELETE', `/api/articles/${id}`)).status).toBe(403);
  expect((await staff.send('DELETE', `/api/articles/${id}`)).status).toBe(200);
  expect((await ana.get(`/api/articles/${id}`)).status).toBe(404);
});
