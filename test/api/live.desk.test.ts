import { expect, onTestFinished, test } from 'vitest';
import { notifyEvents } from '../../src/mail/outbound/notify-events.ts';
import { sendMessages } from '../../src/mail/outbound/send-messages.ts';
import { newActor, type Actor } from '../support/actors.ts';
import { connected } from '../support/connected.ts';
import { startTestDesk, useDesk } from '../support/desk.ts';
import { openLive, type LiveClient } from '../support/live.ts';
import { eventually } from '../support/processes.ts';

const desk = useDesk({ web: true });

interface List {
  count: number;
  results: { id: number; subject: string; status: string }[];
}
interface Ticket {
  id: number;
  status: string;
  conversation: { body: string }[];
}

async function live(actor: Pick<Actor, 'token'>): Promise<LiveClient> {
  const opened = await openLive(desk().url, { token: actor.token });
  onTestFinished(() => opened.close());
  return opened;
}
const watchTicket = (id: number, ticket: number) =>
  ({ do: 'watch', id, operation: 'readTicket', params: { id: String(ticket) } }) as const;
const watchList = (id: number, query = {}) => ({ do: 'watch', id, operation: 'listTickets', query }) as const;

const submit = async (by: Actor, subject: string) =>
  Number((await by.post('/api/tickets', { subject, description: 'Please look.' })).body['id']);
const say = (by: Actor, ticket: number, body: string, visibility = 'public') =>
  by.post(`/api/tickets/${ticket}/comments`, { body, visibility });

test('a mail that becomes a ticket, a comment and a change of status are told to whoever watches', async () => {
  const marta = await newActor(desk(), 'coordinator');
  const watching = await live(marta);
  watching.ask(watchList(1, { view: 'new' }));
  watching.ask({ do: 'watch', id: 2, operation: 'countTickets' });
  await watching.answer(1);
  await desk().receive(
    'From: ana@maravia.example\r\nTo: support@localhost\r\nSubject: It beeps\r\nMessage-ID: <live1@maravia.example>\r\n\r\nAgain.\r\n',
  );
  const { results } = await watching.answer<List>(1, (list) =>
    list.results.some(({ subject }) => subject === 'It beeps'),
  );
  const ticket = results.find(({ subject }) => subject === 'It beeps')!.id;
  await watching.answer<Record<string, number>>(2, (counts) => JSON.stringify(counts).includes('1'));

  watching.ask(watchTicket(3, ticket));
  await watching.answer(3);
  await say(marta, ticket, 'Only we read this', 'internal');
  await watching.answer<Ticket>(3, ({ conversation }) => conversation.at(-1)?.body === 'Only we read this');
  await marta.post(`/api/tickets/${ticket}/transitions`, { name: 'approve', priority: 'low', category: 'Software' });
  await watching.answer<Ticket>(3, ({ status }) => status === 'open');
  await watching.answer<List>(1, (list) => list.results.every(({ id }) => id !== ticket));
});

test('what became of a mail is told to whoever watches its ticket', async () => {
  const [ana, marta] = [await newActor(desk(), 'employee', 'ana'), await newActor(desk(), 'coordinator')];
  const ticket = await submit(ana, 'Is it out?');
  await say(marta, ticket, 'Which dock is it?');
  const watching = await live(marta);
  watching.ask(watchTicket(1, ticket));
  await watching.answer(1);
  const told = watching.told.length;
  const events = await desk().transaction((tx) =>
    tx.em.execute<{ id: string }[]>(`select id from ticket_event where ticket_id = ? and notice = 'pending'`, [ticket]),
  );
  const ids = events.map(({ id }) => Number(id));
  await desk().transaction((tx) => notifyEvents(tx, ids, desk().jobs.notify));
  const rows = await desk().transaction((tx) =>
    tx.em.execute<{ id: string }[]>(`select id from outbound_message where ticket_id = ?`, [ticket]),
  );
  await sendMessages(
    desk().transaction,
    rows.map(({ id }) => Number(id)),
    desk().jobs.send,
  );
  const sent = () => watching.told.slice(told).some((one) => JSON.stringify(one).includes('"state":"sent"'));
  await eventually('the mark of the mail', sent);
});

test('T15, V24: nobody is told what they may not read: of a foreign ticket, of a note, of a list', async () => {
  const [ana, ben, marta] = [
    await newActor(desk(), 'employee', 'ana'),
    await newActor(desk(), 'employee', 'ben'),
    await newActor(desk(), 'coordinator'),
  ];
  const ticket = await submit(ana, 'Salary of Ana');
  const [hers, his] = [await live(ana), await live(ben)];
  hers.ask(watchTicket(1, ticket));
  his.ask(watchTicket(1, ticket));
  his.ask(watchList(2));
  await hers.answer(1);
  await eventually('he is refused', () => his.told.some((told) => told.is === 'refused' && told.status === 404));
  await his.answer(2);
  await say(marta, ticket, 'A secret note', 'internal');
  await say(marta, ticket, 'A public word');
  await hers.answer<Ticket>(1, ({ conversation }) => conversation.at(-1)?.body === 'A public word');
  expect(JSON.stringify(hers.told)).not.toContain('A secret note');
  expect(JSON.stringify(his.told)).not.toMatch(/Salary|A public word|A secret note/);
});

test('T29: who is signed out or disabled is told nothing more, and asked to sign in again', async () => {
  const [ana, admin] = [await newActor(desk(), 'employee', 'ana'), await newActor(desk(), 'admin')];
  const ticket = await submit(ana, 'Mine');
  const watching = await live(ana);
  watching.ask(watchTicket(1, ticket));
  await watching.answer(1);
  await admin.post(`/api/employees/${ana.id}/sign-out`);
  await say(admin, ticket, 'After she was signed out');
  expect(await watching.closed).toMatchObject({ code: 4401 });
  expect(JSON.stringify(watching.told)).not.toContain('After she was signed out');
});

test('an answer that is the same is not told again', async () => {
  const [ana, ben] = [await newActor(desk(), 'employee', 'ana'), await newActor(desk(), 'employee', 'ben')];
  const [hers, his] = [await submit(ana, 'Hers'), await submit(ben, 'His')];
  const watching = await live(ana);
  watching.ask(watchList(1));
  await watching.answer(1);
  await say(ben, his, 'Nothing to do with her');
  await say(ana, hers, 'Something of hers');
  await eventually('her own change', () => watching.told.filter(({ is }) => is === 'answer').length >= 2);
  expect(watching.told.filter(({ is }) => is === 'answer')).toHaveLength(2);
});

const LISTENERS = `select pid from pg_stat_activity where datname = current_database() and application_name = 'smartsupport changes'`;

test('what changed while nobody could listen is told once it can', async () => {
  const marta = await newActor(desk(), 'coordinator');
  const ticket = await submit(marta, 'Meanwhile');
  const watching = await live(marta);
  watching.ask(watchTicket(1, ticket));
  await watching.answer(1);
  await connected(desk().databaseUrl, async (app) => {
    const gone = await app.query(`select pg_terminate_backend(pid) from (${LISTENERS}) as listeners`);
    expect(gone.rowCount).toBe(1);
    await eventually('it is gone', async () => (await app.query(LISTENERS)).rowCount === 0);
    await app.query(`update ticket set subject = 'It changed meanwhile' where id = $1`, [ticket]);
  });
  await watching.answer<{ subject: string }>(1, ({ subject }) => subject === 'It changed meanwhile');
});

test('T31: a page of another site gets no connection', async () => {
  const { token } = await newActor(desk(), 'admin');
  await expect(openLive(desk().url, { token, origin: 'https://evil.example' })).rejects.toThrow('403');
  await expect(openLive(desk().url.replace(/$/, '/elsewhere'), { token })).rejects.toThrow('404');
});

test.each([
  ['a watch before the sign-in', '{"do":"watch","id":1,"operation":"listTickets"}', 4401],
  ['a token of nobody', '{"do":"sign-in","token":"nothing"}', 4401],
  ['what is no JSON', 'hello', 1008],
  ['an operation that cannot be watched', '{"do":"watch","id":1,"operation":"openTicket"}', 1008],
  ['__proto__ instead of an operation', '{"do":"watch","id":1,"operation":"__proto__"}', 1008],
  ['more than a message may have', 'x'.repeat(20_000), 1009],
])('T36, T39: %s ends the connection, and only that one', async (_, message, code) => {
  const wrong = await openLive(desk().url);
  wrong.ask(message);
  expect(await wrong.closed).toMatchObject({ code });
  const watching = await live(await newActor(desk(), 'admin'));
  watching.ask(watchList(1));
  await watching.answer(1);
});

test('a browser that talks too much is let go', async () => {
  const { token } = await newActor(desk(), 'employee');
  const talking = await openLive(desk().url, { token });
  for (let n = 1; n <= 120; n++) talking.ask({ do: 'unwatch', id: n });
  expect(await talking.closed).toMatchObject({ code: 1008 });
});

test('a desk that stops says so to everyone who watches', async () => {
  const stopping = await startTestDesk({ web: true });
  const actor = await newActor(stopping.desk, 'admin');
  const watching = await openLive(stopping.desk.url, { token: actor.token });
  watching.ask(watchList(1));
  await watching.answer(1);
  await stopping.stop();
  expect(await watching.closed).toMatchObject({ code: 1001 });
});
