import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { sendTickets } from '../../src/integrations/workflow/send-tickets.ts';
import { useDesk } from '../support/desk.ts';
import { newActor } from '../support/actors.ts';
import { eventually } from '../support/processes.ts';
import { startWorkflowDesk, type WorkflowDesk } from './workflow-desk.ts';

let here: WorkflowDesk;
beforeAll(async () => {
  here = await startWorkflowDesk();
});
afterAll(() => here?.stop());

const sent = (id: number) =>
  eventually('the ticket is sent', async () => {
    const ticket = await here.read(id);
    return ticket.workflow?.state === 'sent' ? ticket : null;
  });

test('a ticket that becomes open is sent with its requester and its files, and shows what the workflow system calls it', async () => {
  const file = new File(['the bytes'], 'lift.txt', { type: 'text/plain' });
  const approved = await here.approved('The lift', [file]);
  expect(approved).toMatchObject({ status: 'open', workflow: { state: 'pending', attempts: 0 } });
  const ticket = await sent(approved.id);
  const { headers, body } = here.server.tries.at(-1) ?? {};
  expect(headers).toMatchObject({ authorization: 'Bearer key-of-the-desk', 'content-type': 'application/json' });
  expect(ticket.workflow).toMatchObject({
    attempts: 1,
    error: null,
    reference: here.server.opened.get(String(headers?.['idempotency-key'])),
  });
  expect(body).toMatchObject({
    type: 'ticket.open',
    ticket: {
      id: approved.id,
      ticket_number: approved.ticket_number,
      subject: 'The lift',
      description: 'It stands still.',
      status: 'open',
      priority: 'high',
      category: 'Other',
    },
    requester: { name: 'Ana Example', email: here.ana.email },
    attachments: [{ filename: 'lift.txt', size: 9, content_type: 'text/plain' }],
  });
  expect((await here.read(approved.id, here.ana)).workflow).toBeNull();

  // The link needs no sign-in, ends, and opens this file only.
  const [link] = body?.attachments ?? [];
  const { pathname, search } = new URL(link?.url ?? '');
  const bytes = await (await fetch(`${here.desk.url}${pathname}${search}`)).text();
  expect([bytes, createHash('sha256').update(bytes).digest('hex')]).toEqual(['the bytes', link?.sha256]);
  const left = Date.parse(link?.expires_at ?? '') - Date.now();
  expect(left > 23 * 3600_000 && left <= 24 * 3600_000).toBe(true);
  const other = await here.approved('Another', [new File(['secret'], 'secret.txt', { type: 'text/plain' })]);
  const [theirs] = await here.desk.transaction((tx) =>
    tx.em.execute<{ id: string }[]>('select id from attachment where ticket_id = ?', [other.id]),
  );
  for (const path of [`/attach/${theirs?.id}/download${search}`, `${pathname}${search.slice(0, -4)}AAAA`])
    expect((await fetch(`${here.desk.url}${path}`)).status).toBe(404);
  await here.desk.transaction((tx) =>
    tx.em.execute(`update attachment set visibility = 'internal' where ticket_id = ?`, [approved.id]),
  );
  expect((await fetch(`${here.desk.url}${pathname}${search}`)).status).toBe(404);
});

test('what is told of a ticket are its public words and files', async () => {
  const { id } = await (async () => {
    const form = new FormData();
    for (const [name, value] of Object.entries({
      subject: 'Quiet',
      description: 'Public words',
      category: 'Other',
      priority: 'low',
    }))
      form.set(name, value);
    return (await here.ana.send('POST', '/api/tickets', form)).body as { id: number };
  })();
  const note = new FormData();
  for (const [name, value] of Object.entries({ body: 'A note', visibility: 'internal' })) note.set(name, value);
  note.append('attachments', new File(['x'], 'internal.txt', { type: 'text/plain' }));
  expect((await here.marta.send('POST', `/api/tickets/${id}/comments`, note)).status).toBe(201);
  await here.marta.post(`/api/tickets/${id}/transitions`, { name: 'approve' });
  await sent(id);
  const { body } = here.server.tries.at(-1) ?? {};
  expect(body?.attachments).toEqual([]);
  expect(JSON.stringify(body)).not.toMatch(/A note|internal/);
});

describe('a callback', () => {
  test('changes the status as the lifecycle lets the workflow system, tells the history who it was, and the requester by mail why', async () => {
    const { id, ticket_number } = await here.approved('The door');
    expect(await here.call({ ticket_number, name: 'hold', reason: 'A part was ordered' })).toEqual({
      status: 200,
      body: { ticket_number, status: 'on_hold', duplicate: false },
    });
    const held = await here.read(id);
    expect(held).toMatchObject({ status: 'on_hold', status_reason: 'A part was ordered' });
    expect(held.events.at(-1)).toMatchObject({
      type: 'status_changed',
      channel: 'workflow',
      actor: null,
      data: { transition: 'hold', from: 'open' },
    });
    expect((await here.call({ ticket_number, name: 'resume' })).status).toBe(200);
    expect((await here.call({ ticket_number, name: 'resolve', comment: 'The door opens again.' })).body['status']).toBe(
      'resolved',
    );
    const mail = await eventually('the mail', () =>
      here.desk.caught.mails.find(({ raw }) => raw.toString().includes('The door opens again.')),
    );
    expect(mail.raw.toString()).toMatch(/thinks this is solved/);
  });

  test('is refused where the lifecycle says no, with what is allowed, and leaves no trace', async () => {
    const { id, ticket_number } = await here.approved('The window');
    expect(await here.call({ ticket_number, name: 'claim' })).toMatchObject({ status: 403 });
    expect(await here.call({ ticket_number, name: 'withdraw' })).toMatchObject({ status: 403 });
    expect(await here.call({ ticket_number, name: 'resolve' })).toMatchObject({
      status: 400,
      body: { details: { comment: ['is needed for this'] } },
    });
    const late = { ticket_number, name: 'resume' };
    expect(await here.call(late, { id: 'msg_late' })).toMatchObject({
      status: 409,
      body: { code: 'invalid_transition', details: { allowed: ['start', 'wait', 'hold', 'resolve'] } },
    });
    await here.call({ ticket_number, name: 'wait' });
    expect(await here.call(late, { id: 'msg_late' })).toMatchObject({
      status: 200,
      body: { status: 'in_progress', duplicate: false },
    });
    expect((await here.read(id)).events.filter(({ type }) => type === 'status_changed').length).toBe(3);
  });

  test('is done once, however often it comes, at once or later, and its id is good for this body only', async () => {
    const { id, ticket_number } = await here.approved('The roof');
    const call = () => here.call({ ticket_number, name: 'wait' }, { id: 'msg_once' });
    const answers = await Promise.all(Array.from({ length: 10 }, call));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(answers.filter(({ body }) => body['duplicate'] === false).length).toBe(1);
    await here.call({ ticket_number, name: 'resume' });
    expect((await call()).body).toEqual({ ticket_number, status: 'in_progress', duplicate: true });
    expect(await here.call({ ticket_number, name: 'hold', reason: 'x' }, { id: 'msg_once' })).toMatchObject({
      status: 409,
      body: { code: 'idempotency_conflict' },
    });
    expect((await here.read(id)).status).toBe('in_progress');
  });

  test('is refused when it is old, not signed, or signed with another secret, and changes nothing', async () => {
    const { id, ticket_number } = await here.approved('The stairs');
    const wait = { ticket_number, name: 'wait' };
    const minutes = (n: number) => ({ at: new Date(Date.now() + n * 60_000) });
    expect((await here.call(wait, minutes(-6))).status).toBe(401);
    expect((await here.call(wait, minutes(6))).status).toBe(401);
    expect((await here.call(wait, {}, `whsec_${Buffer.alloc(32, 1).toString('base64')}`)).status).toBe(401);
    const bare = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(wait) };
    expect((await here.ana.raw('/api/workflow/callback', bare)).status).toBe(401);
    expect((await here.marta.raw('/api/workflow/callback', bare)).status).toBe(401);
    expect((await here.read(id)).status).toBe('open');
  });

  test('says which field is wrong, and knows no ticket that is not there', async () => {
    const wrong = await here.call({ ticket_number: 'TX1', name: 'vanish', more: 1 });
    expect(wrong.status).toBe(400);
    expect(Object.keys(wrong.body['details'] as object).sort()).toEqual(['more', 'name', 'ticket_number']);
    expect((await here.call({ ticket_number: 'TX9999', name: 'wait' })).status).toBe(404);
  });
});

describe('without a workflow system', () => {
  const desk = useDesk({ web: true });
  test('nothing is sent, nothing waits, and callbacks are not taken', async () => {
    const marta = await newActor(desk(), 'coordinator');
    const { id } = (
      await marta.post('/api/tickets', { subject: 'Alone', description: 'x', category: 'Other', priority: 'low' })
    ).body;
    const { body } = await marta.post(`/api/tickets/${Number(id)}/transitions`, { name: 'approve' });
    expect(body).toMatchObject({ status: 'open', workflow: null });
    expect(await desk().transaction((tx) => tx.em.execute('select id from workflow_sync'))).toEqual([]);
    expect(
      (
        await marta.raw('/api/workflow/callback', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{}',
        })
      ).status,
    ).toBe(404);
    await sendTickets(desk().transaction, [1], desk().jobs.workflow, new AbortController().signal);
  });
});

test('a desk that stops does not wait for a workflow system that hangs: the ticket has lost no try, and goes out at the next start', async () => {
  const stopping = await startWorkflowDesk({ worker: false });
  onTestFinished(() => stopping.stop());
  stopping.server.behave(() => undefined);
  const worker = await stopping.desk.startWorker();
  const { id } = await stopping.approved('The lift');
  await eventually('it is asked', () => stopping.server.tries.length === 1);
  await worker.stop();
  expect((await stopping.read(id)).workflow).toMatchObject({
    ...{ state: 'pending', attempts: 0, error: 'The desk was stopped meanwhile' },
  });
});
