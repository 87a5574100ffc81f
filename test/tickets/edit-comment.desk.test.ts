import { beforeAll, describe, expect, test } from 'vitest';
import { newActor, type Actor } from '../support/actors.ts';
import { useDesk } from '../support/desk.ts';

let now = new Date('2026-03-02T10:00:00Z');
const desk = useDesk({ web: true, clock: () => now });

let ana: Actor;
let cora: Actor;
let ticket: number;
beforeAll(async () => {
  ana = await newActor(desk(), 'employee', 'Ana');
  cora = await newActor(desk(), 'coordinator', 'Cora');
  ticket = Number((await ana.post('/api/tickets', { subject: 'No sound', description: 'Silence.' })).body['id']);
});

function query<T>(sql: string, params: unknown[] = []): Promise<T[]> {
  return desk().transaction((tx) => tx.em.execute<T[]>(sql, params));
}

interface Shown {
  id: number;
  body: string;
  body_html: string | null;
  revision: number;
  edited_at: string | null;
  editable_until: string | null;
}
const comment = async (by: Actor, given: object) =>
  (await by.post(`/api/tickets/${ticket}/comments`, given)).body as unknown as Shown;
const edit = (by: Actor, id: number, given: object) => by.send('PATCH', `/api/tickets/${ticket}/comments/${id}`, given);
const read = async (by: Actor, id: number) =>
  ((await by.get(`/api/tickets/${ticket}`)).body['conversation'] as Shown[]).find((one) => one.id === id);
const versions = (by: Actor, id: number) => by.raw(`/api/tickets/${ticket}/comments/${id}/versions`);

describe('a comment', () => {
  test('is edited by who wrote it, and every version before is kept for staff', async () => {
    const { id, editable_until } = await comment(ana, { body: 'It is slient.' });
    expect(editable_until).toBe('2026-03-02T10:05:00.000Z');
    expect(await edit(ana, id, { body: 'It is silent.' })).toMatchObject({
      status: 200,
      body: { id, body: 'It is silent.', revision: 2, edited_at: now.toISOString() },
    });
    await edit(ana, id, { body_html: '<p>It is <b>silent</b>.</p>', revision: 2 });
    expect(await read(cora, id)).toMatchObject({ body: 'It is silent.', revision: 3, editable_until: null });
    expect(await (await versions(cora, id)).json()).toEqual([
      { revision: 1, body: 'It is slient.', body_html: null, replaced_at: now.toISOString() },
      { revision: 2, body: 'It is silent.', body_html: null, replaced_at: now.toISOString() },
    ]);
    expect((await versions(ana, id)).status).toBe(403);
    const events = (await ana.get(`/api/tickets/${ticket}`)).body['events'] as { type: string; actor: object }[];
    expect(events.filter(({ type }) => type === 'comment_edited')).toMatchObject([
      { actor: { id: ana.id } },
      { actor: { id: ana.id } },
    ]);
  });

  test('with the same words is not edited', async () => {
    const { id } = await comment(ana, { body: 'The same' });
    expect((await edit(ana, id, { body: 'The same' })).body).toMatchObject({ revision: 1, edited_at: null });
  });

  test('is edited for five minutes to the millisecond, and then by nobody', async () => {
    const { id } = await comment(cora, { body: 'Plug it in', visibility: 'internal' });
    now = new Date(now.getTime() + 300_000);
    expect((await edit(cora, id, { body: 'Plug it in.' })).status).toBe(200);
    now = new Date(now.getTime() + 1);
    expect(await edit(cora, id, { body: 'Too late' })).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(await read(cora, id)).toMatchObject({ body: 'Plug it in.', revision: 2 });
  });

  test('of somebody else is not edited, nor what came by mail; a note does not exist for who must not see it', async () => {
    const { id } = await comment(ana, { body: 'Mine' });
    expect((await edit(cora, id, { body: 'Theirs' })).status).toBe(403);
    const note = await comment(cora, { body: 'Among us', visibility: 'internal' });
    expect((await edit(ana, note.id, { body: 'Theirs' })).status).toBe(404);
    await query(`update comment set channel = 'mail' where id = ?`, [id]);
    expect((await edit(ana, id, { body: 'Mine!' })).status).toBe(409);
    expect(await read(ana, id)).toMatchObject({ body: 'Mine', editable_until: null });
  });

  test('edited by its author in two windows at once is edited once: the second is told', async () => {
    const { id } = await comment(ana, { body: 'One' });
    const answers = await Promise.all(['Two', 'Three'].map((body) => edit(ana, id, { body, revision: 1 })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
      code: 'version_conflict',
      details: { revision: 2 },
    });
  });

  test('is found by its new words, and no longer by the old ones', async () => {
    const { id } = await comment(ana, { body: 'Quokkaword' });
    await edit(ana, id, { body: 'Wombatword' });
    const found = async (q: string) => (await ana.get(`/api/tickets?q=${q}`)).body['count'];
    expect([await found('quokkaword'), await found('wombatword')]).toEqual([0, 1]);
  });

  test.each([
    ['neither text nor html', {}, 'body'],
    ['both', { body: 'a', body_html: '<p>a</p>' }, 'body'],
    ['html without words', { body_html: '<p><br></p><script>alert(1)</script>' }, 'body_html'],
    ['html that nobody writes', { body_html: '<blockquote>'.repeat(50) + 'x' }, 'body_html'],
  ])('with %s is refused at its field, new or edited', async (_, given, field) => {
    for (const answer of [
      await ana.post(`/api/tickets/${ticket}/comments`, given),
      await edit(ana, (await comment(ana, { body: 'x' })).id, given),
    ])
      expect(answer).toMatchObject({ status: 400, body: { details: { [field]: [expect.any(String)] } } });
  });

  test('T10: of html only what an editor makes is kept, on the way in and on the way out', async () => {
    const hostile =
      '<p onclick="x()" style="position:fixed">Hi <a href="javascript:alert(1)">there</a></p><img src=x onerror=alert(1)>' +
      '<script>alert(1)</script><svg><script>alert(1)</script></svg><iframe srcdoc="x"></iframe><form><input></form>';
    const clean = '<p>Hi <a rel="noopener noreferrer nofollow" target="_blank">there</a></p>';
    const { id, body, body_html } = await comment(ana, { body_html: hostile });
    expect([body, body_html]).toEqual(['Hi there', clean]);
    expect(await query('select html from comment where id = ?', [id])).toEqual([{ html: clean }]);
    await query('update comment set html = ? where id = ?', [hostile, id]);
    expect((await read(cora, id))?.body_html).toBe(clean);
  });
});
