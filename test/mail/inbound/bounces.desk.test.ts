import { describe, expect, test } from 'vitest';
import type { OutboundMessage } from '../../../src/mail/outbound/outbound-message.ts';
import { outboundMessageId } from '../../../src/mail/reply-token.ts';
import { client } from '../../support/client.ts';
import { useDesk } from '../../support/desk.ts';
import { outbox, told } from '../outbound/outbox.ts';
import { report, type Report } from './delivery-report.ts';

let now = new Date('2026-11-23T09:00:00Z');
const desk = useDesk({ web: true, clock: () => now });
const { person, open, comment, move, notify, row, send } = outbox(desk);
const DAY = 24 * 3600_000;
let turn = 0;

/** An answer of staff that went out to a requester. */
async function answered() {
  const [ana, marta] = [await person(), await person({ role: 'coordinator', firstName: 'Marta' })];
  const ticket = await open(ana, { notify: false });
  await comment(ticket, marta, 'Is it better now?');
  const [made] = await notify();
  await send([made!.id]);
  return { ana, marta, ticket, made: made! };
}

const receive = (raw: string, envelopeTo: string) => desk().receive(raw, { envelopeTo });
const stopsOf = (address: string) =>
  desk().transaction(({ em }) =>
    em.execute<{ kind: string; until: Date }[]>('select kind, until from mail_stop where address = ?', [address]),
  );
const sentMails = () => desk().caught.mails.length;

describe('M45: a report that a mail could not be delivered', () => {
  test.each<[string, (made: OutboundMessage) => Report]>([
    ['to its bounce address', ({ envelopeFrom }) => ({ to: envelopeFrom })],
    ['to the desk, returning its Message-ID', ({ messageId }) => ({ to: 'support@localhost', about: messageId ?? '' })],
    [
      'to its bounce address, in words only',
      ({ envelopeFrom }) => ({
        to: envelopeFrom,
        text: 'This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  gone@maravia.example\n    550 5.1.1 no such user\n',
      }),
    ],
  ])('%s is tied to its row, shown on the ticket and the address, and answered by nothing', async (_, given) => {
    const { ana, ticket, made } = await answered();
    const before = sentMails();
    const report_ = given(made);
    const inbound = await receive(report(report_), report_.to);
    expect(inbound).toMatchObject({ state: 'suppressed', decision: 'record-bounce' });
    expect(inbound.reason).toContain(`about outbound message ${made.id} to ${ana.email}`);
    expect(await row(made.id)).toMatchObject({ state: 'failed', reason: expect.stringMatching(/^Came back/) });
    expect(await notify()).toEqual([]);
    expect(sentMails()).toBe(before);

    const admin = await desk().account('admin', `admin${++turn}@desk.example`);
    const api = client(desk().url, await desk().signIn(admin.email));
    const { body } = await api.get(`/api/tickets/${ticket.id}`);
    expect(body['events']).toContainEqual(
      expect.objectContaining({ type: 'bounced', data: expect.objectContaining({ recipient: ana.email }) }),
    );
    expect(body['mail_stops']).toMatchObject([{ kind: 'bounce', address: ana.email }]);
    const stops = (await api.get(`/api/mail/stops?address=${ana.email}`)).body;
    expect(stops).toMatchObject([
      { kind: 'bounce', address: ana.email, until: new Date(now.getTime() + 60 * DAY).toISOString() },
    ]);
    await desk().transaction(({ em }) =>
      em.execute(`update employee set status = 'disabled' where id = ?`, [admin.id]),
    );
  });

  test('keeps notices from the address for 60 days, and no answer of a person', async () => {
    const { ana, marta, ticket, made } = await answered();
    await receive(report({ to: made.envelopeFrom }), made.envelopeFrom);
    await move(ticket, { name: 'approve', actor: marta, priority: 'low', categoryId: 1 });
    const [notice] = await notify();
    expect(notice).toMatchObject({
      state: 'suppressed',
      reason: expect.stringContaining(`Mail to ${ana.email} came back`),
    });
    await comment(ticket, marta, 'We try it once more.');
    expect((await notify()).map(told)).toEqual([`public-reply → ${ana.email}: pending`]);
    now = new Date(now.getTime() + 60 * DAY);
    await move(ticket, { name: 'claim', actor: marta });
    expect((await notify()).map(told)).toEqual([`status-changed → ${ana.email}: pending`]);
  });

  test.each([
    ['R11: that it is late', { action: 'delayed', status: '4.4.1' }, 'sent', 0],
    ['that the mailbox is full', { status: '5.2.2' }, 'failed', 0],
    ['that it was given up for now', { status: '4.4.7' }, 'failed', 0],
    ['for good', { status: '5.1.1' }, 'failed', 1],
  ])('%s: the row and the address are as that says', async (_, given, state, stops) => {
    const { ana, made } = await answered();
    await receive(report({ to: made.envelopeFrom, ...given }), made.envelopeFrom);
    expect((await row(made.id)).state).toBe(state);
    expect(await stopsOf(ana.email)).toHaveLength(stops);
  });

  test.each<[string, (made: OutboundMessage) => Report]>([
    [
      'with a forged bounce address',
      ({ envelopeFrom }) => ({ to: envelopeFrom.replace(/.@/, (end) => (end === 'a@' ? 'b@' : 'a@')) }),
    ],
    [
      'with a forged Message-ID',
      ({ messageId }) => ({
        to: 'support@localhost',
        about: (messageId ?? '').replace(/.@/, (end) => (end === 'a@' ? 'b@' : 'a@')),
      }),
    ],
    [
      'that returns nothing of ours: a bounce of a bounce',
      () => ({ to: 'support@localhost', about: '<dsn@mx.maravia.example>' }),
    ],
    ['that names no message', () => ({ to: 'support@localhost' })],
    [
      'of a message that was never sent',
      () => ({
        to: 'support@localhost',
        about: outboundMessageId(desk().secrets.replyTokens, desk().mailbox, 999_999),
      }),
    ],
  ])('%s is ignored, and answered by nothing', async (_, given) => {
    const { ana, made } = await answered();
    const before = sentMails();
    const { to, ...rest } = given(made);
    const inbound = await receive(report({ to, ...rest }), to);
    expect(inbound).toMatchObject({ state: 'suppressed', reason: expect.stringContaining('ignored') });
    expect((await row(made.id)).state).toBe('sent');
    expect(await stopsOf(ana.email)).toEqual([]);
    expect(await notify()).toEqual([]);
    expect(sentMails()).toBe(before);
  });
});

test('whatever else comes to a bounce address was written by a machine, and becomes nothing', async () => {
  const { made } = await answered();
  const away = `From: ana@maravia.example\r\nTo: ${made.envelopeFrom}\r\nSubject: Away\r\nMessage-ID: <away${++turn}@maravia.example>\r\n\r\nI am away.\r\n`;
  expect(await receive(away, made.envelopeFrom)).toMatchObject({
    state: 'suppressed',
    reason: expect.stringContaining('bounce address'),
  });
});

test('an address that a server refuses as unknown is stopped like one that mail came back from', async () => {
  const { ana, made } = await answered();
  await desk().transaction(({ em }) =>
    em.execute(`update outbound_message set state = 'pending' where id = ?`, [made.id]),
  );
  const response = '550 5.1.1 no such user';
  const transport = {
    send: () => Promise.resolve({ kind: 'refused', permanent: true, code: 550, response } as const),
    close: () => Promise.resolve(),
  };
  await send([made.id], { transport });
  expect(await stopsOf(ana.email)).toMatchObject([{ kind: 'bounce' }]);
});
