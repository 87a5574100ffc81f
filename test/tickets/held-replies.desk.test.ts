import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { notifyEvents } from '../../src/mail/outbound/notify-events.ts';
import { sweep } from '../../src/mail/sweep.ts';
import { newActor, type Actor } from '../support/actors.ts';
import { useDesk } from '../support/desk.ts';

let now = new Date('2026-03-02T10:00:00Z');
const desk = useDesk({ web: true, clock: () => now });
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString();
const wait = (seconds: number) => void (now = new Date(now.getTime() + seconds * 1000));

let ana: Actor;
let cora: Actor;
let ticket: number;
beforeAll(async () => {
  ana = await newActor(desk(), 'employee', 'Ana');
  cora = await newActor(desk(), 'coordinator', 'Cora');
});
beforeEach(async () => {
  ticket = Number((await ana.post('/api/tickets', { subject: 'No sound', description: 'Silence.' })).body['id']);
  await heard();
});

function query<T>(sql: string, params: unknown[] = []): Promise<T[]> {
  return desk().transaction((tx) => tx.em.execute<T[]>(sql, params));
}

/** What goes out when everything that waits for its mails is looked at now. */
async function heard(): Promise<string[]> {
  const events = await query<{ id: string }>(`select id from ticket_event where notice = 'pending' order by id`);
  const ids = events.map(({ id }) => Number(id));
  await desk().transaction((tx) => notifyEvents(tx, ids, { keyring: desk().secrets.replyTokens }));
  const rows = await query<{ template: string }>(
    `select template from outbound_message where event_id in (?) and state = 'pending' order by id`,
    [[0, ...ids]],
  );
  return rows.map(({ template }) => template);
}

interface Shown {
  id: number;
  body: string;
  held_until: string | null;
  created_at: string;
}
const reply = async (given: object, by = cora) =>
  (await by.post(`/api/tickets/${ticket}/comments`, { body: 'Plug it in.', ...given })) as unknown as {
    status: number;
    body: Record<string, unknown> & { id: number };
  };
const undo = (id: number, by = cora) => by.post(`/api/tickets/${ticket}/comments/${id}/undo`);
const change = (id: number, given: object) => cora.send('PATCH', `/api/tickets/${ticket}/comments/${id}`, given);
const conversation = async (by: Actor) =>
  ((await by.get(`/api/tickets/${ticket}`)).body['conversation'] as Shown[]).map(({ body }) => body);
const events = async (by: Actor) =>
  ((await by.get(`/api/tickets/${ticket}`)).body['events'] as { type: string }[]).map(({ type }) => type);

/** Ids of events for which the sweeper would make a job: a crash has left none. */
async function swept(): Promise<number[]> {
  const woken: number[] = [];
  await desk().transaction((tx) =>
    sweep({ ...tx, wake: (queue, id) => queue === 'notify-events' && woken.push(id) }, 0),
  );
  return woken;
}

describe('a public reply with undo', () => {
  test('waits fifteen seconds: staff sees it, whose ticket it is does not, and no mail goes out', async () => {
    const { body } = await reply({ undo: true });
    expect(body['held_until']).toBe(later(15));
    expect(await conversation(cora)).toEqual(['Silence.', 'Plug it in.']);
    expect(await conversation(ana)).toEqual(['Silence.']);
    expect(await events(ana)).toEqual(['opened']);
    expect((await ana.get('/api/tickets?q=plug')).body['count']).toBe(0);
    wait(14.999);
    expect([await heard(), await swept()]).toEqual([[], []]);
    wait(0.002);
    expect(await swept()).toHaveLength(1); // whatever became of its job
    expect(await heard()).toEqual(['public-reply']);
    expect(await conversation(ana)).toEqual(['Silence.', 'Plug it in.']);
    expect((await ana.get('/api/tickets?q=plug')).body['count']).toBe(1);
  });

  test('is taken back: it is a draft again with its files, and nobody ever hears of it', async () => {
    const form = new FormData();
    for (const [name, value] of Object.entries({ body: 'Wrong ticket', undo: 'true' })) form.set(name, value);
    form.append('attachments', new File(['secret'], 'salaries.txt', { type: 'text/plain' }));
    const { body } = await cora.send('POST', `/api/tickets/${ticket}/comments`, form);
    const [{ url } = { url: '' }] = body['attachments'] as { url: string }[];
    expect((await ana.raw(url)).status).toBe(404);
    expect((await ana.get('/api/tickets?q=salaries')).body['count']).toBe(0);
    const before = await cora.get(`/api/tickets/${ticket}`);
    expect(await undo(Number(body['id']))).toMatchObject({
      status: 200,
      body: { body: 'Wrong ticket', visibility: 'public', version: 1, files: [{ filename: 'salaries.txt', size: 6 }] },
    });
    wait(60);
    expect(await heard()).toEqual([]);
    expect([await conversation(cora), await events(ana)]).toEqual([['Silence.'], ['opened']]);
    const after = await cora.get(`/api/tickets/${ticket}`);
    expect(after.body).toMatchObject({ comment_count: 1, attachment_count: 0 });
    expect(after.body['version']).toBe(Number(before.body['version']) + 1);
    // Sent after all, the file goes along and the draft is gone.
    const sent = await reply({ body: 'Right one', draft: 1 });
    expect(sent.body).toMatchObject({ attachments: [{ filename: 'salaries.txt' }], held_until: null });
    expect((await cora.get(`/api/tickets/${ticket}/draft`)).body).toMatchObject({ version: 0, body: '', files: [] });
  });

  test('that sets the ticket pending says so itself: one mail; taken back, the status is what it was', async () => {
    const status = async (by = ana) => (await by.get(`/api/tickets/${ticket}`)).body['status'];
    const move = (name: string, given = {}) => cora.post(`/api/tickets/${ticket}/transitions`, { name, ...given });
    await move('approve', { priority: 'low', category: 'Hardware' });
    await heard();
    for (const before of ['open', 'in_progress']) {
      if (before === 'in_progress') await move('claim');
      await heard();
      const lines = await events(ana);
      const { body } = await reply({ undo: true, move: 'wait' });
      expect([await status(), await events(ana)]).toEqual(['pending', lines]);
      await undo(body.id);
      wait(60);
      expect([await status(), await heard(), await events(ana)]).toEqual([before, [], lines]);
    }
    await reply({ undo: true, move: 'wait' });
    wait(16);
    expect([await status(), await heard()]).toEqual(['pending', ['public-reply']]);
    expect((await events(ana)).at(-1)).toBe('status_changed');
  });

  test('that set the ticket pending leaves a status that somebody has set since', async () => {
    await cora.post(`/api/tickets/${ticket}/transitions`, { name: 'approve', priority: 'low', category: 'Hardware' });
    const { body } = await reply({ undo: true, move: 'wait' });
    await cora.post(`/api/tickets/${ticket}/transitions`, { name: 'resume' });
    await undo(body.id);
    expect((await cora.get(`/api/tickets/${ticket}`)).body['status']).toBe('in_progress');
  });

  test.each([
    ['of a note', { visibility: 'internal', move: 'wait' }, 400],
    ['where the status does not allow it', { move: 'wait' }, 409],
  ])('sets no status %s, and then is not written', async (_, given, code) => {
    expect((await reply(given)).status).toBe(code);
    expect(await conversation(cora)).toEqual(['Silence.']);
  });

  test('keeps what was begun in the meantime, below', async () => {
    const { body } = await reply({ undo: true });
    await cora.send('PUT', `/api/tickets/${ticket}/draft`, { body_html: '<p>And <b>then</b></p>', version: 0 });
    expect((await undo(body.id)).body).toMatchObject({
      body: 'Plug it in.\n\nAnd then',
      body_html: '<p>Plug it in.</p><p>And <b>then</b></p>',
      version: 2,
    });
  });

  test('is not taken back once its time is over, nor by somebody else, nor a reply that never waited', async () => {
    const { body } = await reply({ undo: true });
    const max = await newActor(desk(), 'coordinator', 'Max');
    // To Max it is somebody else's, to Ana no function of hers.
    expect([(await undo(body.id, max)).status, (await undo(body.id, ana)).status]).toEqual([403, 403]);
    wait(15);
    expect(await undo(body.id)).toMatchObject({ status: 409, body: { code: 'conflict', error: 'It has gone out' } });
    const { body: plain } = await reply({});
    expect((await undo(plain.id)).status).toBe(409);
  });

  test('is taken back or goes out, never both, when the two meet', async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      const { body } = await reply({ undo: true });
      const [event] = await query<{ id: string }>(`select id from ticket_event where comment_id = ?`, [body.id]);
      // Its mails are made by a process whose clock is a little ahead.
      const ahead = new Date(now.getTime() + 15_000);
      const [answer] = await Promise.all([
        undo(body.id),
        desk().transaction((tx) =>
          notifyEvents({ ...tx, now: ahead }, [Number(event?.id)], { keyring: desk().secrets.replyTokens }),
        ),
      ]);
      const mails = await query('select 1 from outbound_message where event_id = ?', [event?.id]);
      const left = await query('select 1 from comment where id = ?', [body.id]);
      expect([answer.status, mails.length, left.length]).toEqual(answer.status === 200 ? [200, 0, 0] : [409, 1, 1]);
    }
  });

  test('goes out at once where the setting says so', async () => {
    await query(`insert into setting (key, value) values ('undo_send_seconds', '0')`);
    expect((await reply({ undo: true })).body['held_until']).toBeNull();
    expect(await heard()).toEqual(['public-reply']);
    await query(`delete from setting where key = 'undo_send_seconds'`);
  });
});

describe('a reply with a time', () => {
  test('goes out then, and stands in the conversation where it belongs by that time', async () => {
    const { body } = await reply({ send_at: later(3600) });
    expect(body).toMatchObject({ held_until: later(3600), created_at: later(3600) });
    wait(60);
    await ana.post(`/api/tickets/${ticket}/comments`, { body: 'Any news?' });
    expect(await conversation(cora)).toEqual(['Silence.', 'Any news?', 'Plug it in.']);
    wait(3540);
    expect((await heard()).filter((template) => template === 'public-reply')).toHaveLength(1);
    expect(await conversation(ana)).toEqual(['Silence.', 'Any news?', 'Plug it in.']);
  });

  test('has its words and its time changed until then', async () => {
    const { body } = await reply({ send_at: later(3600) });
    expect((await change(body.id, { body: 'Unplug it.', send_at: later(7200) })).body).toMatchObject({
      ...{ body: 'Unplug it.', held_until: later(7200), revision: 2 },
    });
    wait(3600);
    expect([await heard(), await conversation(ana)]).toEqual([[], ['Silence.']]);
    wait(3600);
    expect([await heard(), await conversation(ana)]).toEqual([['public-reply'], ['Silence.', 'Unplug it.']]);
    expect((await change(body.id, { send_at: later(60) })).status).toBe(409);
    expect(await events(ana)).toEqual(['opened', 'comment_edited', 'commented']);
  });

  test('goes out now when its author says so', async () => {
    const { body } = await reply({ send_at: later(3600) });
    expect((await change(body.id, { send_at: null })).body).toMatchObject({ held_until: null, created_at: later(0) });
    expect([await heard(), await conversation(ana)]).toEqual([['public-reply'], ['Silence.', 'Plug it in.']]);
  });

  test('is called off: taken back into a draft', async () => {
    const { body } = await reply({ send_at: later(3600) });
    expect((await undo(body.id)).body).toMatchObject({ body: 'Plug it in.' });
    wait(3600);
    expect([await heard(), await conversation(cora)]).toEqual([[], ['Silence.']]);
  });

  test.each([
    ['a time that is past', { send_at: '2026-01-01T00:00:00Z' }, 'send_at'],
    ['a time that is years away', { send_at: '2036-01-01T00:00:00Z' }, 'send_at'],
    ['a note', { send_at: '2026-12-01T00:00:00Z', visibility: 'internal' }, 'send_at'],
    ['a note that could be undone', { undo: true, visibility: 'internal' }, 'undo'],
  ])('is refused for %s', async (_, given, field) => {
    expect(await reply(given)).toMatchObject({ status: 400, body: { details: { [field]: [expect.any(String)] } } });
  });

  test('is not for whose ticket it is: their words move it', async () => {
    expect((await reply({ send_at: later(60) }, ana)).status).toBe(400);
    expect((await reply({ undo: true }, ana)).status).toBe(400);
  });
});
