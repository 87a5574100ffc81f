import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { notifyEvents } from '../../src/mail/outbound/notify-events.ts';
import { newActor, type Actor } from '../support/actors.ts';
import { useDesk } from '../support/desk.ts';

let now = new Date('2026-03-02T10:00:00Z');
const desk = useDesk({ web: true, clock: () => now });

let [ana, cora, jonas, petra]: Actor[] = [];
let ticket: number;
beforeAll(async () => {
  ana = await newActor(desk(), 'employee', 'Ana');
  cora = await newActor(desk(), 'coordinator', 'Cora');
  jonas = await newActor(desk(), 'coordinator', 'Jonas');
  petra = await newActor(desk(), 'coordinator', 'Petra');
});
beforeEach(async () => {
  ticket = Number((await ana!.post('/api/tickets', { subject: 'No sound', description: 'Silence.' })).body['id']);
  await called();
});

/** Who gets a mail that they were named, when everything that waits for its mails is looked at now. */
async function called(): Promise<string[]> {
  return desk().transaction(async (tx) => {
    const events = await tx.em.execute<{ id: string }[]>(
      `select id from ticket_event where notice = 'pending' and coalesce(notice_after, ?) <= ? order by id`,
      [now, now],
    );
    const ids = events.map(({ id }) => Number(id));
    await notifyEvents(tx, ids, { keyring: desk().secrets.replyTokens });
    const rows = await tx.em.execute<{ recipient: string }[]>(
      `select recipient from outbound_message where event_id in (?) and template = 'mentioned' and state = 'pending' order by id`,
      [[0, ...ids]],
    );
    return rows.map(({ recipient }) => recipient);
  });
}

const watchers = async () =>
  ((await cora!.get(`/api/tickets/${ticket}`)).body['watchers'] as { email: string }[]).map(({ email }) => email);
const write = async (given: object, by = cora!) =>
  Number((await by.post(`/api/tickets/${ticket}/comments`, { visibility: 'internal', ...given })).body['id']);
const edit = (id: number, body: string) => cora!.send('PATCH', `/api/tickets/${ticket}/comments/${id}`, { body });

describe('whom staff name in what they write', () => {
  test('is told, and follows the ticket from then on', async () => {
    await write({ body_html: `<p>Is it yours, <b>@${jonas!.email}</b>?</p>` });
    expect(await called()).toEqual([jonas!.email]);
    expect(await watchers()).toEqual([jonas!.email]);
  });

  test('who is named in an edit only is called then, and nobody twice', async () => {
    const id = await write({ body: `Ask @${jonas!.email}` });
    expect(await called()).toEqual([jonas!.email]);
    await edit(id, `Ask @${jonas!.email} or @${petra!.email}`);
    expect(await called()).toEqual([petra!.email]);
    await edit(id, `Ask @${jonas!.email}, @${petra!.email}!`);
    expect(await called()).toEqual([]);
    expect((await watchers()).toSorted()).toEqual([jonas!.email, petra!.email].toSorted());
  });

  test('in a reply that waits is called when it goes out, as it was edited', async () => {
    const id = await write({ body: 'Wait.', visibility: 'public', undo: true });
    await edit(id, `Wait. @${petra!.email} will call you.`);
    expect(await called()).toEqual([]);
    now = new Date(now.getTime() + 16_000);
    expect(await called()).toEqual([petra!.email]);
  });

  test('a requester calls nobody, in an edit neither', async () => {
    const id = await write({ body: `@${jonas!.email} help`, visibility: 'public' }, ana);
    await ana!.send('PATCH', `/api/tickets/${ticket}/comments/${id}`, { body: `@${petra!.email} help` });
    expect(await called()).toEqual([]);
    expect(await watchers()).toEqual([]);
  });
});
