import { simpleParser } from 'mailparser';
import { beforeAll, expect, test } from 'vitest';
import { notifyEvents } from '../../../src/mail/outbound/notify-events.ts';
import { sendMessages } from '../../../src/mail/outbound/send-messages.ts';
import { newActor, type Actor } from '../../support/actors.ts';
import { useDesk } from '../../support/desk.ts';

const desk = useDesk({ web: true });

let ana: Actor;
let cora: Actor;
let max: Actor;
beforeAll(async () => {
  ana = await newActor(desk(), 'employee', 'Ana');
  cora = await newActor(desk(), 'coordinator', 'Cora');
  max = await newActor(desk(), 'coordinator', 'Max');
});

function query<T>(sql: string, params: unknown[] = []): Promise<T[]> {
  return desk().transaction((tx) => tx.em.execute<T[]>(sql, params));
}

async function open(): Promise<number> {
  const { body } = await ana.post('/api/tickets', { subject: 'No sound', description: 'Silence.', category: 'Other' });
  await heard();
  return Number(body['id']);
}

/** Mails that all that is due makes for somebody: which, and what became of it. */
async function heard(by: Actor = max): Promise<string[]> {
  const events = await query<{ id: string }>(`select id from ticket_event where notice = 'pending' order by id`);
  const ids = events.map(({ id }) => Number(id));
  await desk().transaction((tx) => notifyEvents(tx, ids, { keyring: desk().secrets.replyTokens }));
  const rows = await query<{ template: string; state: string }>(
    `select template, state from outbound_message where event_id in (?) and recipient = ? order by id`,
    [[0, ...ids], by.email],
  );
  return rows.map(({ template, state }) => `${template}: ${state}`);
}

const watch = (id: number, by = max) => by.send('PUT', `/api/tickets/${id}/watch`);
const say = (id: number, body: string, by: Actor, visibility = 'public') =>
  by.post(`/api/tickets/${id}/comments`, { body, visibility });
const move = (id: number, body: object) => cora.post(`/api/tickets/${id}/transitions`, body);

/** The newest mail to Max, as it arrived. */
async function mailToMax(): Promise<{ subject: string; text: string }> {
  const [row] = await query<{ id: string }>(
    `select id from outbound_message where recipient = ? and state = 'pending' order by id desc limit 1`,
    [max.email],
  );
  await sendMessages(desk().transaction, [Number(row?.id)], desk().jobs.send);
  const sent = desk().caught.mails.findLast((one) => one.to.includes(max.email));
  const mail = await simpleParser(sent?.raw ?? '');
  return { subject: mail.subject ?? '', text: (mail.text ?? '').replace(/\s+/g, ' ') };
}

test('whoever follows a ticket hears of answers, notes, changes of status and who has it, once each', async () => {
  const id = await open();
  expect((await watch(id)).body).toEqual({ watching: true });
  expect((await watch(id)).body).toEqual({ watching: true });
  await move(id, { name: 'approve', priority: 'low' });
  expect(await heard()).toEqual(['watched: pending']);
  expect((await mailToMax()).text).toContain('changed the status to “open”');
  await cora.send('PATCH', `/api/tickets/${id}`, { assignee: cora.id });
  expect(await heard()).toEqual(['watched: pending']);
  expect((await mailToMax()).text).toContain('gave the ticket to Cora Example');
  await say(id, 'Still silent.', ana);
  expect(await heard()).toEqual(['watched: pending']);
  expect(await mailToMax()).toMatchObject({
    subject: expect.stringContaining('which you follow') as string,
    text: expect.stringContaining('Still silent.') as string,
  });
  await say(id, 'Secret of the house', cora, 'internal');
  expect(await heard()).toEqual(['watched: pending']);
  const note = await mailToMax();
  expect(note.text).toContain('wrote an internal note');
  expect(note.text).not.toContain('Secret');
  await say(id, 'My own', max, 'internal');
  expect(await heard()).toEqual([]);
  // Who is named hears that, and not twice.
  await say(id, `@${max.email} look`, cora, 'internal');
  expect(await heard()).toEqual(['mentioned: pending']);
  const seen = async (by: Actor) => (await by.get(`/api/tickets/${id}`)).body['watchers'];
  expect([await seen(cora), await seen(ana)]).toMatchObject([[{ id: max.id }], []]);
  await max.send('DELETE', `/api/tickets/${id}/watch`);
  await say(id, 'Over', cora);
  expect([await heard(), await seen(cora)]).toEqual([[], []]);
});

test('nobody hears of a ticket that is out of their scope by now, or who has switched it off', async () => {
  const id = await open();
  await watch(id);
  await max.send('PATCH', '/api/profile', { preferences: { mail_watched: false } });
  await say(id, 'Plug it in.', cora);
  expect(await heard()).toEqual(['watched: suppressed']);
  await max.send('PATCH', '/api/profile', { preferences: { mail_watched: true } });
  await query(`update employee set role = 'employee' where id = ?`, [max.id]);
  await say(id, 'And again.', cora);
  expect(await heard()).toEqual([]);
  await query(`update employee set role = 'coordinator' where id = ?`, [max.id]);
});

test('who follows nothing of others is an employee: 403, and a ticket that is not there is 404', async () => {
  const id = await open();
  expect([(await watch(id, ana)).status, (await watch(999_999)).status]).toEqual([403, 404]);
});
