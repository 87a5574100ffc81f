import { beforeAll, describe, expect, test } from 'vitest';
import { sweepUnused } from '../../src/retention/sweep-unused.ts';
import { newActor, type Actor } from '../support/actors.ts';
import { useDesk } from '../support/desk.ts';

const desk = useDesk({ web: true });

let ana: Actor;
let cora: Actor;
let ticket: number;
beforeAll(async () => {
  ana = await newActor(desk(), 'employee', 'Ana');
  cora = await newActor(desk(), 'coordinator', 'Cora');
});
const open = async () =>
  (ticket = Number((await ana.post('/api/tickets', { subject: 'No sound', description: 'Silence.' })).body['id']));

const path = () => `/api/tickets/${ticket}/draft`;
const read = async (by: Actor, visibility = 'public') => (await by.get(`${path()}?visibility=${visibility}`)).body;
const save = (by: Actor, given: object) => by.send('PUT', path(), given);

describe('a draft', () => {
  test('is kept as it was typed, for its writer alone, one for each ticket', async () => {
    await open();
    expect(await read(ana)).toMatchObject({ body: '', version: 0, updated_at: null });
    const { status, body } = await save(ana, { body: '  It still \n', version: 0 });
    expect([status, body['body'], body['version']]).toEqual([200, '  It still \n', 1]);
    expect(await read(ana)).toEqual(body);
    expect(await read(cora)).toMatchObject({ body: '', version: 0 });
    await save(cora, { body_html: '<p>Ask <b>Max</b></p><script>x()</script>', visibility: 'internal', version: 0 });
    expect(await read(cora, 'internal')).toMatchObject({
      ...{ body: 'Ask Max', body_html: '<p>Ask <b>Max</b></p>', visibility: 'internal', version: 1 },
    });
    await open();
    expect(await read(ana)).toMatchObject({ body: '', version: 0 });
  });

  test('is not overwritten by another window: 409 with the version that is there', async () => {
    await open();
    const answers = await Promise.all(['One', 'Two'].map((body) => save(ana, { body, version: 0 })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const kept = answers.find(({ status }) => status === 200)?.body;
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
      ...{ code: 'version_conflict', details: { version: 1 } },
    });
    expect(await read(ana)).toEqual(kept);
    expect((await ana.send('DELETE', path(), { version: 7 })).status).toBe(409);
    expect((await ana.send('DELETE', path(), { version: 1 })).body).toMatchObject({ body: '', version: 0 });
    // Nor does a window that knows the one that was thrown away.
    expect((await save(ana, { body: 'Three', version: 1 })).status).toBe(409);
  });

  test('is gone with the comment that is made of it, and stays when another window has changed it', async () => {
    await open();
    await save(ana, { body: 'Hello', version: 0 });
    const send = (draft: number) => ana.post(`/api/tickets/${ticket}/comments`, { body: 'Hello', draft });
    expect((await send(2)).status).toBe(409);
    expect((await ana.get(`/api/tickets/${ticket}`)).body['comment_count']).toBe(1);
    expect((await send(1)).status).toBe(201);
    expect(await read(ana)).toMatchObject({ body: '', version: 0 });
  });

  test('of a note stands beside that of a reply: a reply that is taken back is never joined with what only staff may see', async () => {
    await open();
    await save(cora, { body: 'Ana is on holiday', visibility: 'internal', version: 0 });
    const { body } = await cora.post(`/api/tickets/${ticket}/comments`, { body: 'Hello Ana', undo: true });
    await save(cora, { body: 'And this', version: 0 });
    const back = await cora.post(`/api/tickets/${ticket}/comments/${Number(body['id'])}/undo`);
    expect(back.body).toMatchObject({ visibility: 'public', body: 'Hello Ana\n\nAnd this', version: 2 });
    expect(await read(cora, 'internal')).toMatchObject({ body: 'Ana is on holiday', version: 1 });
    await cora.send('DELETE', path(), { visibility: 'internal' });
    expect(await read(cora, 'internal')).toMatchObject({ body: '', version: 0 });
    expect(await read(cora)).toMatchObject({ body: 'Hello Ana\n\nAnd this' });
    await save(cora, { body: 'A note', visibility: 'internal', version: 0 });
    await cora.post(`/api/tickets/${ticket}/comments`, { body: 'A note', visibility: 'internal', draft: 1 });
    expect([await read(cora, 'internal'), await read(cora)]).toMatchObject([{ version: 0 }, { version: 2 }]);
  });

  test('is nothing for who does not see the ticket', async () => {
    await open();
    const eve = await newActor(desk(), 'employee', 'Eve');
    for (const answer of [
      await eve.get(path()),
      await save(eve, { body: 'x', version: 0 }),
      await eve.send('DELETE', path(), {}),
    ])
      expect(answer.status).toBe(404);
  });

  test('keeps the files of a reply that was taken back, those that are wanted, and their bytes', async () => {
    await open();
    const form = new FormData();
    for (const [name, value] of Object.entries({ body: 'See both', undo: 'true' })) form.set(name, value);
    for (const name of ['a.txt', 'b.txt'])
      form.append('attachments', new File([`bytes of ${name}`], name, { type: 'text/plain' }));
    const { body } = await cora.send('POST', `/api/tickets/${ticket}/comments`, form);
    await cora.post(`/api/tickets/${ticket}/comments/${Number(body['id'])}/undo`);
    const kept = await save(cora, { body: 'See this', files: [1], version: 1 });
    expect(kept.body['files']).toEqual([{ filename: 'b.txt', content_type: 'text/plain', size: 14 }]);
    // Long after, when blobs without a row go.
    const { log, blobs } = desk().jobs.send;
    const inAMonth = new Date(Date.now() + 30 * 86_400_000);
    await sweepUnused({
      log,
      blobs,
      transaction: (work) => desk().transaction((tx) => work({ ...tx, now: inAMonth })),
    });
    const sent = await cora.post(`/api/tickets/${ticket}/comments`, { body: 'See this', draft: 2 });
    const [file] = sent.body['attachments'] as { url: string }[];
    expect(await (await ana.raw(file?.url ?? '')).text()).toBe('bytes of b.txt');
  });
});
