import { beforeAll, expect, test } from 'vitest';
import { newActor, type Actor } from '../support/actors.ts';
import { useDesk } from '../support/desk.ts';

const desk = useDesk({ web: true });

let ana: Actor;
let cora: Actor;
let id: number;
beforeAll(async () => {
  ana = await newActor(desk(), 'employee', 'Ana');
  cora = await newActor(desk(), 'coordinator', 'Cora');
  id = (await ana.post('/api/tickets', { subject: 'A busy thing', description: 'Words', category: 'Software' })).body[
    'id'
  ] as number;
});

function withFile(n: number): FormData {
  const made = new FormData();
  made.set('body', `With file ${n}`);
  made.append('attachments', new Blob([`bytes ${n}`], { type: 'text/plain' }), `${n}.txt`);
  return made;
}

/** The five things that people do to a ticket at once. */
const writers: ((n: number) => Promise<{ status: number }>)[] = [
  (n) => ana.post(`/api/tickets/${id}/comments`, { body: `Question ${n}` }),
  (n) => ana.send('POST', `/api/tickets/${id}/comments`, withFile(n)),
  (n) => cora.post(`/api/tickets/${id}/comments`, { body: `Note ${n}`, visibility: 'internal' }),
  (n) => cora.send('PATCH', `/api/tickets/${id}`, { subject: `Subject ${n}` }),
  () => cora.post(`/api/tickets/${id}/transitions`, { name: 'approve', priority: 'high' }),
];

test('after 50 who write, attach, change and move at once, every counter of the ticket and every badge is what is there', async () => {
  const all = Array.from({ length: 10 }, (_, n) => writers.map((write) => write(n))).flat();
  const statuses = (await Promise.all(all)).map(({ status }) => status);
  const of = (writer: number) => statuses.filter((_, n) => n % 5 === writer);
  for (const writer of [0, 1, 2]) expect(of(writer)).toEqual(Array(10).fill(201));
  expect(of(3)).toEqual(Array(10).fill(200));
  // One of ten is first; the others are told that it is approved.
  expect(of(4).toSorted()).toEqual([200, ...Array<number>(9).fill(409)]);

  const { body } = await cora.get(`/api/tickets/${id}`);
  const conversation = body['conversation'] as { attachments: object[] }[];
  expect(conversation).toHaveLength(31); // the description and 30 comments
  expect(conversation.flatMap(({ attachments }) => attachments)).toHaveLength(10);
  const listed = (await cora.get('/api/tickets')).body['results'] as Record<string, unknown>[];
  expect(listed).toMatchObject([{ id, status: 'open', comment_count: 31, attachment_count: 10 }]);
  const history = body['events'] as { type: string }[];
  expect(history.filter(({ type }) => type === 'changed')).toHaveLength(10);
  for (const reader of [ana, cora]) expect((await reader.get('/api/badges')).body).toMatchObject({ open: 1, new: 0 });
});
