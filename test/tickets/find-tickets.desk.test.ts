import { beforeAll, describe, expect, test } from 'vitest';
import { newActor, type Actor } from '../support/actors.ts';
import { useDesk } from '../support/desk.ts';

const desk = useDesk({ web: true });

interface Line {
  id: number;
  subject: string;
  match: {
    subject: { text: string; hit: boolean }[];
    comment: { text: string; hit: boolean }[] | null;
    file: string | null;
  } | null;
}
interface Page {
  count: number;
  count_capped: boolean;
  similar: boolean;
  next: string | null;
  results: Line[];
}

let ana: Actor;
let ben: Actor;
let staff: Actor;
beforeAll(async () => {
  [ana, ben, staff] = [
    await newActor(desk(), 'employee', 'Zoë'),
    await newActor(desk(), 'employee', 'Benedikt'),
    await newActor(desk(), 'coordinator', 'Cora'),
  ];
});

async function submit(by: Actor, given: Record<string, unknown>, file?: string): Promise<number> {
  const form = new FormData();
  const fields = { description: 'Please help.', category: 'Other', ...given };
  for (const [name, value] of Object.entries(fields)) form.set(name, String(value));
  if (file) form.append('attachments', new Blob(['bytes'], { type: 'text/plain' }), file);
  const { status, body } = await by.send('POST', '/api/tickets', form);
  expect(status, JSON.stringify(body)).toBe(201);
  return body['id'] as number;
}
const list = async (by: Actor, query: Record<string, string>): Promise<Page> => {
  const { status, body } = await by.get(`/api/tickets?${new URLSearchParams(query).toString()}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body as unknown as Page;
};
const found = async (by: Actor, query: Record<string, string>) => (await list(by, query)).results.map(({ id }) => id);
const marked = (parts: readonly { text: string; hit: boolean }[] = []) =>
  parts.map(({ text, hit }) => (hit ? `[${text}]` : text)).join('');

describe('words are found', () => {
  test('in the subject, whatever the case and the accents, from their beginning on', async () => {
    const id = await submit(ana, { subject: 'Übersetzung der Préférences fehlt' });
    for (const q of ['preferences', 'UBERSETZUNG', 'übers', '"der Préférences"', 'fehlt übersetzung'])
      expect(await found(staff, { q }), q).toEqual([id]);
    for (const q of ['"fehlt der"', 'fehlt nirgends']) expect(await found(staff, { q }), q).toEqual([]);
    const [line] = (await list(staff, { q: 'preferences fehlt' })).results;
    expect(marked(line?.match?.subject)).toBe('Übersetzung der [Préférences] [fehlt]');
  });

  test('in comments and names of files, with the place', async () => {
    const id = await submit(ana, { subject: 'One thing', description: 'The gramophone is quiet.' }, 'loud_horn-v2.txt');
    const [line] = (await list(staff, { q: 'gramophone' })).results;
    expect(line).toMatchObject({ id, match: { file: null } });
    expect(marked(line?.match?.comment ?? [])).toBe('The [gramophone] is quiet.');
    expect((await list(staff, { q: 'horn' })).results).toMatchObject([
      { id, match: { file: 'loud_horn-v2.txt', comment: null } },
    ]);
  });

  test('in parts of addresses and paths', async () => {
    const id = await submit(ana, { subject: 'Link', description: 'See https://wiki.maravia.example/walrus/steps now' });
    expect(await found(staff, { q: 'walrus' })).toEqual([id]);
    expect(await found(staff, { q: 'wiki.maravia.example/walrus' })).toEqual([id]);
  });

  test('in the number of the ticket and in the name and address of the requester', async () => {
    const id = await submit(ben, { subject: 'About a chair' });
    const { body } = await staff.get(`/api/tickets/${id}`);
    const number = String(body['ticket_number']);
    for (const q of [number, number.toLowerCase(), number.slice(2)]) expect(await found(staff, { q }), q).toContain(id);
    expect(await found(staff, { q: 'benedikt' })).toEqual([id]);
    expect(await found(staff, { q: ben.email })).toEqual([id]);
    const zoe = await found(staff, { q: 'zoe' });
    expect(zoe.length).toBeGreaterThan(1);
  });

  test('with a typing error, when nothing is just so; then the page says that it is only similar', async () => {
    const id = await submit(ana, { subject: 'Photocopier jammed' });
    const page = await list(staff, { q: 'photcopier' });
    expect(page).toMatchObject({ similar: true, results: [{ id, match: null }] });
    expect(await list(staff, { q: 'photocopier' })).toMatchObject({ similar: false, results: [{ id }] });
    expect(await found(staff, { q: 'bendikt' })).not.toEqual([]);
  });

  test('T14: only in what the reader may see', async () => {
    const id = await submit(ana, { subject: 'Secret keeping', description: 'Marmalade.' });
    await staff.post(`/api/tickets/${id}/comments`, { body: 'Thinks of quicksilver.', visibility: 'internal' });
    expect(await found(staff, { q: 'quicksilver' })).toEqual([id]);
    expect(await found(ana, { q: 'quicksilver' })).toEqual([]);
    expect(await found(ana, { q: 'marmalade' })).toEqual([id]);
    for (const q of ['marmalade', 'secret', 'marmelade', 'Zoë']) expect(await found(ben, { q }), q).toEqual([]);
    const [line] = (await list(ana, { q: 'secret' })).results;
    expect(line?.match?.comment).toBeNull();
  });

  test('signs alone are no question, and no sign breaks one', async () => {
    expect((await staff.get('/api/tickets?q=%25%26!')).body).toMatchObject({
      code: 'validation_failed',
      details: { q: [expect.any(String)] },
    });
    for (const q of [`it's:*&|!()<->'"\\ %_`, '"', `';drop table ticket;--`, 'a&b', '<b>'])
      expect((await staff.get(`/api/tickets?${new URLSearchParams({ q }).toString()}`)).status, q).toBeOneOf([
        200, 400,
      ]);
    const id = await submit(ana, { subject: "Tom's <b>pen</b>" });
    const [line] = (await list(staff, { q: "tom's pen" })).results;
    expect(line?.id).toBe(id);
    expect(marked(line?.match?.subject)).toContain('[pen]');
  });

  test('a word that is everywhere is not counted to its end', async () => {
    await desk().transaction((tx) =>
      tx.em.execute(
        `insert into ticket (subject, requester_id, channel, created_at, updated_at)
          select 'Everywhere ' || n, ?, 'api', now(), now() from generate_series(1, 1100) n`,
        [ben.id],
      ),
    );
    expect(await list(staff, { q: 'everywhere' })).toMatchObject({ count: 1000, count_capped: true });
    expect(await list(staff, { q: 'everywhere 77' })).toMatchObject({ count_capped: false });
  });
});

describe('a list is narrowed', () => {
  test('by priority, category, department, people, dates, files and what is overdue', async () => {
    const past = new Date(Date.now() - 3_600_000).toISOString();
    const one = await submit(
      ana,
      { subject: 'Filtered', priority: 'critical', category: 'Hardware', sub_category: 'Phone', scheduled_for: past },
      'a.txt',
    );
    const two = await submit(ana, { subject: 'Filtered', priority: 'low', category: 'Software' });
    await staff.send('PATCH', `/api/tickets/${two}`, { assignee: staff.id });
    const narrow = (query: Record<string, string>) => found(staff, { q: 'filtered', ...query });

    expect(await narrow({ priority: 'critical' })).toEqual([one]);
    for (const category of ['hardware', 'Phone']) expect(await narrow({ category }), category).toEqual([one]);
    expect(await narrow({ assignee: 'me' })).toEqual([two]);
    expect(await narrow({ assignee: String(staff.id), view: 'mine' })).toEqual([two]);
    expect(await narrow({ assignee: 'none' })).toEqual([one]);
    expect(await narrow({ requester: String(ana.id) })).toEqual([two, one]);
    expect(await narrow({ requester: 'me' })).toEqual([]);
    expect(await narrow({ has_attachment: 'true' })).toEqual([one]);
    expect(await narrow({ has_attachment: 'false' })).toEqual([two]);
    expect(await narrow({ overdue: 'true' })).toEqual([one]);
    expect(await narrow({ overdue: 'false' })).toEqual([two]);
    expect(await narrow({ channel: 'mail' })).toEqual([]);
    expect(await narrow({ created_from: past })).toEqual([two, one]);
    expect(await narrow({ created_to: past })).toEqual([]);
    expect(await narrow({ department: 'no such department' })).toEqual([]);
    for (const wrong of ['priority=urgent', 'overdue=1', 'created_from=yesterday', 'assignee=0', 'sort=random'])
      expect((await staff.get(`/api/tickets?${wrong}`)).status, wrong).toBe(400);
  });

  test('and sorted by submission or by the last change, page by page without a gap', async () => {
    const ids = [];
    for (const n of [1, 2, 3]) ids.push(await submit(ben, { subject: `Sorted ${n}` }));
    const [first = 0, second = 0, third = 0] = ids;
    await staff.send('PATCH', `/api/tickets/${first}`, { priority: 'high' });
    expect(await found(staff, { q: 'sorted', sort: 'newest' })).toEqual([third, second, first]);
    expect(await found(staff, { q: 'sorted', sort: 'oldest' })).toEqual([first, second, third]);
    expect(await found(staff, { q: 'sorted', sort: 'updated' })).toEqual([first, third, second]);
    for (const sort of ['oldest', 'updated']) {
      const all = await found(staff, { q: 'sorted', sort });
      const page = await list(staff, { q: 'sorted', sort, limit: '2' });
      expect(page.results.map(({ id }) => id)).toEqual(all.slice(0, 2));
      const rest = (await staff.get(page.next ?? '')).body as unknown as Page & { previous: string };
      expect(rest.results.map(({ id }) => id)).toEqual(all.slice(2));
      const back = (await staff.get(rest.previous)).body as unknown as Page;
      expect(back.results.map(({ id }) => id)).toEqual(all.slice(0, 2));
    }
  });
});

test('the numbers beside the views are those of the lists behind them', async () => {
  const past = new Date(Date.now() - 3_600_000).toISOString();
  const id = await submit(ana, { subject: 'Counted', scheduled_for: past });
  await staff.send('PATCH', `/api/tickets/${id}`, { assignee: staff.id });
  for (const reader of [staff, ana]) {
    const { body } = await reader.get('/api/badges');
    for (const view of ['open', 'new', 'mine', 'unassigned', 'waiting'])
      expect(Math.min(Number(body[view]), 1000), view).toBe((await list(reader, { view, limit: '1' })).count);
    expect(body['overdue']).toBe((await list(reader, { overdue: 'true', limit: '1' })).count);
  }
});
