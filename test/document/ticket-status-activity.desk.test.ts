import { beforeAll, describe, expect, test } from 'vitest';
import { notifyEvents } from '../../src/mail/outbound/notify-events.ts';
import { sendMessages } from '../../src/mail/outbound/send-messages.ts';
import { smtpTransport } from '../../src/mail/transports/smtp-transport.ts';
import { scriptedSmtp } from '../mail/transports/scripted-smtp.ts';
import { newActor, type Actor } from '../support/actors.ts';
import { useDesk } from '../support/desk.ts';

/** The activity diagram "Ticket Status Update Process" of the system document, box by box and branch by branch. */
const desk = useDesk({ web: true });

let ana: Actor;
let ada: Actor;
let id: number;
beforeAll(async () => {
  ana = await newActor(desk(), 'employee', 'Ana');
  ada = await newActor(desk(), 'admin', 'Ada');
  const given = { subject: 'No sound', description: 'Silence.', category: 'Hardware', priority: 'low' };
  id = Number((await ana.post('/api/tickets', given)).body['id']);
  await notify();
});

function query<T>(sql: string, params: unknown[] = []): Promise<T[]> {
  return desk().transaction((tx) => tx.em.execute<T[]>(sql, params));
}
async function notify(): Promise<number[]> {
  const events = await query<{ id: string }>(`select id from ticket_event where notice = 'pending'`);
  const ids = events.map((event) => Number(event.id));
  await desk().transaction((tx) => notifyEvents(tx, ids, { keyring: desk().secrets.replyTokens }));
  const rows = await query<{ id: string }>(
    `select id from outbound_message where event_id in (?) and state = 'pending' and recipient = ?`,
    [[0, ...ids], ana.email],
  );
  return rows.map((row) => Number(row.id));
}
const update = (by: Actor, name: string, more: object = {}) =>
  by.post(`/api/tickets/${id}/transitions`, { name, ...more });
const ticket = async (by = ada) => (await by.get(`/api/tickets/${id}`)).body;
const dashboard = async () => (await ada.get('/api/badges')).body;

describe('the status of a ticket is updated', () => {
  test('Admin Selects Ticket: it says which changes of status they can make', async () => {
    const { results } = (await ada.get('/api/tickets?view=new')).body as { results: { id: number }[] };
    expect(results.map((one) => one.id)).toEqual([id]);
    const { transitions } = (await ticket()) as { transitions: { name: string }[] };
    expect(transitions.map(({ name }) => name)).toEqual(['approve', 'reject']);
  });

  test('Check Permissions, no: Show Access Denied, and nothing is changed', async () => {
    expect(await update(ana, 'approve')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    const stranger = await newActor(desk(), 'employee', 'Stranger');
    expect(await update(stranger, 'approve')).toMatchObject({ status: 404 });
    expect(await ticket()).toMatchObject({ status: 'new', version: 1 });
  });

  test('Validate Status Transition, invalid: Show Error, with what is possible', async () => {
    expect(await update(ada, 'close')).toMatchObject({
      status: 409,
      body: { code: 'invalid_transition', details: { status: 'new', allowed: ['approve', 'reject'] } },
    });
    expect(await update(ada, 'reject')).toMatchObject({
      status: 400,
      body: { details: { reason: expect.any(Array) } },
    });
    expect(await ticket()).toMatchObject({ status: 'new', version: 1 });
  });

  test('Valid Transition: Update Ticket Status', async () => {
    expect(await dashboard()).toMatchObject({ new: 1, open: 1 });
    expect((await update(ada, 'approve')).body).toMatchObject({ status: 'open', version: 2 });
    expect(await query('select status from ticket where id = ?', [id])).toEqual([{ status: 'open' }]);
  });

  test('Log Status Change: who, from what to what, by which way', async () => {
    const { events } = (await ticket(ana)) as { events: object[] };
    expect(events.at(-1)).toMatchObject({
      ...{ type: 'status_changed', channel: 'api', actor: { id: ada.id } },
      data: { transition: 'approve', from: 'new', to: 'open', priority: 'low' },
    });
  });

  test('Send Notification Email, success: the requester hears of it', async () => {
    await sendMessages(desk().transaction, await notify(), desk().jobs.send);
    const mail = desk().caught.mails.findLast(({ to }) => to.includes(ana.email));
    expect(mail?.raw).toContain('Subject:');
    expect(mail?.raw).toMatch(/TX0001/);
  });

  test('Send Notification Email, fail: Continue Process, and what became of the mail is shown', async () => {
    expect((await update(ada, 'hold', { reason: 'A part is missing' })).status).toBe(200);
    const server = await scriptedSmtp({ rcpt: '550 5.1.1 no such user' });
    const transport = smtpTransport({ host: '127.0.0.1', port: server.port, secure: false, auth: null });
    await sendMessages(desk().transaction, await notify(), { ...desk().jobs.send, transport });
    await transport.close();
    await server.close();
    const { status, events } = (await ticket()) as { status: string; events: { deliveries: object[] }[] };
    expect(status).toBe('on_hold');
    expect(events.at(-1)?.deliveries).toMatchObject([
      { recipient: ana.email, state: 'failed', reason: expect.stringContaining('no such user') as string },
    ]);
  });

  test('Update Dashboard: the numbers beside the views are those of now', async () => {
    expect(await dashboard()).toMatchObject({ new: 0, open: 1, waiting: 1 });
  });

  test('End: it is resolved, its requester closes it, and it is counted no longer', async () => {
    await update(ada, 'resolve', { comment: 'The part came.' });
    expect((await update(ana, 'close')).body).toMatchObject({ status: 'closed', transitions: [] });
    expect(await dashboard()).toMatchObject({ new: 0, open: 0, waiting: 0 });
  });
});
