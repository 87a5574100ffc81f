import { describe, expect, test } from 'vitest';
import { notifyEvents } from '../../../src/mail/outbound/notify-events.ts';
import { OutboundMessage } from '../../../src/mail/outbound/outbound-message.ts';
import { readBounceAddress, readOutboundMessageId } from '../../../src/mail/reply-token.ts';
import { Participant } from '../../../src/tickets/participant.ts';
import { TicketEvent } from '../../../src/tickets/ticket-event.ts';
import type { Ticket } from '../../../src/tickets/ticket.ts';
import { useDesk } from '../../support/desk.ts';
import { outbox, told } from './outbox.ts';

const desk = useDesk();
const { person, open, comment, move, notify } = outbox(desk);
const staff = (firstName = 'Marta') => person({ role: 'coordinator', firstName, lastName: 'Kowalska' });
const join = (ticket: Ticket, employee: { id: number }, state: Participant['state'] = 'confirmed') =>
  desk().transaction(
    async ({ em, now }) =>
      void em.create(Participant, { ticket: ticket.id, employee: employee.id, state, createdAt: now }),
  );

describe('an opened ticket', () => {
  test('is acknowledged to its requester, from nobody, with the Message-ID of its row', async () => {
    const ana = await person({ locale: 'de' });
    await open(ana);
    const rows = await notify();
    expect(rows.map(told)).toEqual([`ticket-received → ${ana.email}: pending`]);
    expect(rows[0]).toMatchObject({ envelopeFrom: '', locale: 'de', mime: undefined, attempts: 0 });
    const read = readOutboundMessageId(desk().secrets.replyTokens, desk().mailbox, rows[0]?.messageId ?? '');
    expect(read).toEqual({ outboxId: rows[0]?.id });
  });

  test.each<[string, Record<string, unknown>, string | null]>([
    ['T0', { trust: 'T0' }, 'The sender could not be verified'],
    ['T1', { trust: 'T1' }, 'The sender could not be verified'],
    ['T2', { trust: 'T2' }, null],
    ['T3', { trust: 'T3' }, null],
    ['nobody knows', {}, 'The sender could not be verified'],
    ['R1, R5: noAutoAnswer', { trust: 'T3', noAutoAnswer: true }, 'The message must not be answered automatically'],
    ['an import', { trust: 'T3', quiet: true }, 'Imported: nobody is notified'],
  ])('T07: by mail from a sender of trust %s', async (_, facts, reason) => {
    await open(await person(), { channel: 'mail', facts });
    const [row] = await notify();
    expect(row).toMatchObject({ state: reason ? 'suppressed' : 'pending', reason });
  });

  test('T07: of 20 by one sender within an hour 5 are acknowledged', async () => {
    const ana = await person({ status: 'contact' });
    for (let n = 0; n < 20; n++) await open(ana, { channel: 'mail', facts: { trust: 'T2' } });
    const rows = await notify();
    expect(rows.filter(({ state }) => state === 'pending')).toHaveLength(5);
    expect(rows.filter(({ reason }) => reason === 'More than 5 acknowledgements an hour')).toHaveLength(15);
    await open(ana, { channel: 'mail', facts: { trust: 'T2' } });
    expect((await notify())[0]?.state).toBe('suppressed');
  });

  test.each([
    'mailer-daemon@maravia.example',
    'Postmaster@maravia.example',
    'noreply@maravia.example',
    'no-reply+x@maravia.example',
    'owner-list@maravia.example',
    'list-request@maravia.example',
  ])('R3: is not acknowledged to %s', async (email) => {
    await open(await person({ email }));
    expect((await notify())[0]).toMatchObject({ state: 'suppressed', reason: 'No person reads this address' });
  });

  test('T08: is not acknowledged to the desk itself', async () => {
    await open(await person({ email: desk().mailbox.address.replace('@', '+r.x@') }));
    expect((await notify())[0]).toMatchObject({ state: 'suppressed', reason: "The address is the desk's own" });
  });
});

describe('a public reply', () => {
  test('of staff goes to everyone on the ticket but its author, from their bounce address', async () => {
    const [ana, ben, guest, marta] = [await person(), await person(), await person(), await staff()];
    const ticket = await open(ana, { notify: false });
    await join(ticket, ben);
    await join(ticket, guest, 'removed');
    await join(ticket, marta);
    await comment(ticket, marta, 'Plug it in.');
    const rows = await notify();
    expect(rows.map(told)).toEqual([`public-reply → ${ana.email}: pending`, `public-reply → ${ben.email}: pending`]);
    for (const { id, envelopeFrom } of rows)
      expect(readBounceAddress(desk().secrets.replyTokens, desk().mailbox, envelopeFrom)).toEqual({ outboxId: id });
  });

  test('of the requester goes to the assignee as a notice and to the others as a reply', async () => {
    const [ana, ben, marta] = [await person(), await person(), await staff()];
    const ticket = await open(ana, { notify: false });
    await join(ticket, ben);
    await move(ticket, { name: 'approve', actor: marta, priority: 'low', categoryId: 1 });
    await move(ticket, { name: 'claim', actor: marta });
    await notify();
    await comment(ticket, ana, 'It still stays dark.');
    expect((await notify()).map(told).toSorted()).toEqual(
      [`new-comment-for-staff → ${marta.email}: pending`, `public-reply → ${ben.email}: pending`].toSorted(),
    );
  });

  test('T03: of a writer who could not be verified stays with staff', async () => {
    const [ana, ben, marta] = [await person(), await person(), await staff()];
    const ticket = await open(ana, { notify: false });
    await join(ticket, ben);
    await join(ticket, marta);
    await comment(ticket, ana, 'Click here.', { channel: 'mail', trust: 'T1' });
    const rows = await notify();
    expect(rows.map(told)).toContain(`new-comment-for-staff → ${marta.email}: pending`);
    expect(rows.find(({ recipient }) => recipient === ben.email)).toMatchObject({
      state: 'suppressed',
      reason: 'The writer could not be verified',
    });
  });

  test.each(['internal', 'pending'] as const)('that is %s is no reply: nobody gets it', async (visibility) => {
    const [ana, marta] = [await person(), await staff()];
    const ticket = await open(ana, { notify: false });
    await comment(ticket, marta, 'She is difficult.', { visibility });
    await desk().transaction(({ em }) => em.nativeUpdate(TicketEvent, { ticket: ticket.id }, { notice: 'pending' }));
    const rows = await notify();
    expect(rows.filter(({ template }) => template !== 'ticket-received' && template !== 'new-ticket')).toEqual([]);
  });

  test('is not sent to someone whose account is closed', async () => {
    const [ana, marta] = [await person({ status: 'disabled' }), await staff()];
    const ticket = await open(ana, { notify: false });
    await comment(ticket, marta, 'Plug it in.');
    expect((await notify())[0]).toMatchObject({ state: 'suppressed', reason: 'The account is closed' });
  });
});

describe('a change of status', () => {
  test('is told to the requester, each with its mail, and a resolution with its words is one mail', async () => {
    const [ana, marta] = [await person(), await staff()];
    const ticket = await open(ana, { notify: false });
    const steps = [
      { name: 'approve', priority: 'low', categoryId: 1 },
      { name: 'claim' },
      { name: 'hold', reason: 'The part is ordered.' },
      { name: 'resume' },
      { name: 'resolve', comment: 'The dock has the older software.' },
    ] as const;
    for (const step of steps) await move(ticket, { actor: marta, ...step });
    const rows = await notify();
    expect(rows.map(({ template }) => template)).toEqual([...Array<string>(4).fill('status-changed'), 'resolved']);
    expect(rows.map(({ personal }) => personal)).toEqual([false, false, false, false, true]);
    expect(rows.filter(({ envelopeFrom }) => envelopeFrom === '')).toEqual([]);
    expect(new Set(rows.map(({ recipient }) => recipient))).toEqual(new Set([ana.email]));
  });

  test('that ends a ticket has a mail of its own: closed and rejected for the requester, withdrawn for who else takes part', async () => {
    const [ana, ben, marta] = [await person(), await person(), await staff()];
    const ticket = await open(ana, { notify: false });
    await move(ticket, { actor: marta, name: 'reject', reason: 'We buy no toys.' });
    const solved = await open(ana, { notify: false });
    for (const step of [
      { name: 'approve', priority: 'low', categoryId: 1 },
      { name: 'claim' },
      { name: 'resolve', comment: 'Done.' },
      { name: 'close' },
    ] as const)
      await move(solved, { actor: marta, ...step });
    const taken = await open(ana, { notify: false });
    await join(taken, ben);
    await move(taken, { name: 'withdraw', actor: ana });
    const rows = (await notify()).map(told);
    expect(rows).toContain(`rejected → ${ana.email}: pending`);
    expect(rows).toContain(`closed → ${ana.email}: pending`);
    expect(rows.filter((line) => line.startsWith('withdrawn'))).toEqual([`withdrawn → ${ben.email}: pending`]);
  });

  test('with public words brings the words to the other participants', async () => {
    const [ana, ben, marta] = [await person(), await person(), await staff()];
    const ticket = await open(ana, { notify: false });
    await join(ticket, ben);
    await move(ticket, { name: 'approve', actor: marta, priority: 'low', categoryId: 1 });
    await notify();
    await move(ticket, { name: 'resolve', actor: marta, comment: 'Done.' });
    expect((await notify()).map(told).toSorted()).toEqual(
      [`resolved → ${ana.email}: pending`, `public-reply → ${ben.email}: pending`].toSorted(),
    );
  });

  test('that someone made is not told to themselves', async () => {
    const ana = await person();
    const ticket = await open(ana, { notify: false });
    await move(ticket, { name: 'withdraw', actor: ana });
    expect(await notify()).toEqual([]);
  });
});

describe('events', () => {
  test('are noticed once, also by two workers at the same time', async () => {
    const ana = await person();
    await open(ana);
    const [event] = await desk().transaction(({ em }) => em.find(TicketEvent, { notice: 'pending' }));
    const run = () => desk().transaction((tx) => notifyEvents(tx, [event!.id], desk().jobs.notify));
    await Promise.all([run(), run()]);
    await run();
    const rows = await desk().transaction(({ em }) => em.find(OutboundMessage, { event: event!.id }));
    expect(rows.filter(({ recipient }) => recipient === ana.email)).toHaveLength(1);
    expect(new Set(rows.map(({ recipient }) => recipient)).size).toBe(rows.length);
    expect(await desk().transaction(({ em }) => em.findOneOrFail(TicketEvent, event!.id))).toMatchObject({
      notice: 'done',
    });
  });

  test('take the same number of queries, be it 1 or 40', async () => {
    const queriesFor = async (count: number) => {
      for (let n = 0; n < count; n++) await open(await person());
      const ids = await desk().transaction(async ({ em }) =>
        (await em.find(TicketEvent, { notice: 'pending' })).map(({ id }) => id),
      );
      let queries = 0;
      await desk().transaction(async (tx) => {
        const connection = tx.em.getConnection();
        const execute = connection.execute.bind(connection);
        connection.execute = ((...args: Parameters<typeof execute>) => {
          queries += 1;
          return execute(...args);
        }) as typeof execute;
        await notifyEvents(tx, ids, desk().jobs.notify).finally(() => (connection.execute = execute));
      });
      return queries;
    };
    const one = await queriesFor(1);
    expect(one).toBeGreaterThan(3);
    expect(await queriesFor(40)).toBe(one);
  });
});
