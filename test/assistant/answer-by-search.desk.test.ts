import { beforeAll, expect, test } from 'vitest';
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

interface Answer {
  by: string;
  articles: { title: string }[];
  tickets: { ticket_number: string; subject: string }[];
}
async function ask(who: Actor, question: string): Promise<Answer> {
  const { status, body } = await who.post('/api/assistant', { question });
  expect(status).toBe(200);
  return body as unknown as Answer;
}
async function publish(title: string, audience: string): Promise<void> {
  const { id, version } = (await staff.post('/api/articles', { title, body: 'Words.', audience })).body as {
    id: number;
    version: number;
  };
  await staff.post(`/api/articles/${id}/publish`, { version });
}
const open = async (who: Actor, subject: string) =>
  String((await who.post('/api/tickets', { subject, description: 'Words.' })).body['ticket_number']);

test('without a language model a question is answered by articles one may read and one’s own tickets, and the answer says so', async () => {
  await publish('Badge does not open a door', 'public');
  await publish('Badge readers: where the keys are', 'staff');
  await staff.post('/api/articles', { title: 'Badge draft', body: 'Words.', audience: 'public' });
  const [mine] = [await open(ana, 'My badge is broken'), await open(ben, 'Badge of a colleague')];
  const answer = await ask(ana, 'What about the badge that I told you of?');
  expect(answer).toMatchObject({
    by: 'search',
    articles: [{ title: 'Badge does not open a door' }],
    tickets: [{ ticket_number: mine }],
  });
  expect([answer.articles.length, answer.tickets.length]).toEqual([1, 1]);
  // Staff finds what is for staff, and no tickets of others: the queue is there for these.
  const forStaff = await ask(staff, 'badge');
  expect(forStaff.articles.map(({ title }) => title).sort()).toEqual([
    'Badge does not open a door',
    'Badge readers: where the keys are',
  ]);
  expect(forStaff.tickets).toEqual([]);
});

test('a ticket is found by its number, one’s own only', async () => {
  const [mine, foreign] = [await open(ana, 'Projector'), await open(ben, 'Beamer')];
  const { tickets } = await ask(ana, `How is ${mine.toLowerCase()} doing, and ${foreign}?`);
  expect(tickets.map(({ ticket_number }) => ticket_number)).toEqual([mine]);
});

test.each(['it is so', '??', "'; drop table ticket --", 'und wie ist es?'])(
  '%s finds nothing, and says that',
  async (question) => {
    expect(await ask(ana, question)).toEqual({ by: 'search', articles: [], tickets: [] });
  },
);

test('that somebody asked is in the audit log, without what', async () => {
  await ask(ana, 'a zeppelin badge');
  const last = (await auditRows(desk())).findLast(({ action }) => action === 'assistant.asked');
  expect(JSON.stringify(last)).toContain('"by":"search"');
  expect(JSON.stringify(last)).not.toContain('zeppelin');
});
