import { expect, test } from 'vitest';
import { OutboundMessage } from '../../src/mail/outbound/outbound-message.ts';
import { client } from '../support/client.ts';
import { useDesk } from '../support/desk.ts';
import { outbox } from '../mail/outbound/outbox.ts';

const desk = useDesk({ web: true });
const { person, open, comment, notify } = outbox(desk);

test('T03: a held-back reply becomes part of the conversation by a decision of staff, once; nobody is mailed the words', async () => {
  const ana = await desk().account('employee');
  const marta = await desk().account('coordinator');
  const [requester, staff] = [
    client(desk().url, await desk().signIn(ana.email)),
    client(desk().url, await desk().signIn(marta.email)),
  ];
  const ticket = await open(ana, { notify: false });
  const stranger = await person({ status: 'contact' });
  const id = await comment(ticket, stranger, 'I know why.', { visibility: 'pending', trust: 'T0' });
  const conversation = async (who: typeof staff) =>
    (await who.get(`/api/tickets/${ticket.id}`)).body['conversation'] as { id: number; trust: string | null }[];
  const lastOf = async (who: typeof staff) => (await conversation(who)).at(-1);

  expect(await lastOf(staff)).toMatchObject({ id, visibility: 'pending', verified: false, trust: 'T0' });
  expect(await conversation(requester)).toHaveLength(1);
  expect((await requester.post(`/api/tickets/${ticket.id}/comments/${id}/release`)).status).toBe(403);

  const released = await staff.post(`/api/tickets/${ticket.id}/comments/${id}/release`);
  expect([released.status, released.body]).toEqual([
    200,
    expect.objectContaining({ visibility: 'public', trust: 'T0' }),
  ]);
  // How far senders are believed is for staff.
  expect(await lastOf(requester)).toMatchObject({ id, body: 'I know why.', verified: false, trust: null });
  expect((await staff.post(`/api/tickets/${ticket.id}/comments/${id}/release`)).status).toBe(409);
  expect((await staff.post(`/api/tickets/${ticket.id}/comments/${id + 1}/release`)).status).toBe(404);

  await notify();
  expect(await desk().transaction(({ em }) => em.count(OutboundMessage))).toBe(0);
  const { events } = (await staff.get(`/api/tickets/${ticket.id}`)).body as unknown as { events: object[] };
  expect(events.at(-1)).toMatchObject({ type: 'comment_released', actor: { id: marta.id } });
});
