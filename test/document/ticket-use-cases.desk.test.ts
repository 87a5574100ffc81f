import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newActor, type Actor } from '../support/actors.ts';
import { useDesk } from '../support/desk.ts';

/** The use cases of the system document that are about tickets, by actor and under the name that they have there; each over HTTP as that actor. */
const desk = useDesk({ web: true });

let ana: Actor;
let cora: Actor;
let ada: Actor;
let id: number;
beforeAll(async () => {
  ana = await newActor(desk(), 'employee', 'Ana');
  cora = await newActor(desk(), 'coordinator', 'Cora');
  ada = await newActor(desk(), 'admin', 'Ada');
});
beforeEach(async () => (id = await submit(ana)));

async function submit(by: Actor, more: object = {}): Promise<number> {
  const given = { subject: 'No sound', description: 'Silence.', category: 'Hardware', priority: 'low', ...more };
  const { status, body } = await by.post('/api/tickets', given);
  expect(status).toBe(201);
  return Number(body['id']);
}
const move = async (by: Actor, name: string, more: object = {}) => {
  const { status, body } = await by.post(`/api/tickets/${id}/transitions`, { name, ...more });
  return [status, body['status']];
};
const resolved = async () => {
  await move(cora, 'approve');
  await move(cora, 'resolve', { comment: 'Plugged in.' });
};

describe('Employee', () => {
  test('Submit Ticket: New, with a number, in their own list and not in that of others', async () => {
    const { body } = await ana.get(`/api/tickets/${id}`);
    expect(body).toMatchObject({ status: 'new', ticket_number: expect.stringMatching(/^TX\d{4,}$/) as string });
    const ben = await newActor(desk(), 'employee', 'Ben');
    expect((await ben.get('/api/tickets')).body['count']).toBe(0);
  });

  test('Track Ticket: they see what becomes of it, answer, and see no more than is theirs to see', async () => {
    await move(cora, 'approve');
    await cora.post(`/api/tickets/${id}/comments`, { body: 'Among us', visibility: 'internal' });
    await cora.post(`/api/tickets/${id}/comments`, { body: 'Is it plugged in?' });
    await ana.post(`/api/tickets/${id}/comments`, { body: 'It is.' });
    const { status, conversation } = (await ana.get(`/api/tickets/${id}`)).body as {
      status: string;
      conversation: { body: string }[];
    };
    expect([status, conversation.map(({ body }) => body)]).toEqual([
      'open',
      ['Silence.', 'Is it plugged in?', 'It is.'],
    ]);
  });

  test('Upload Files: with the ticket and with an answer, and they get them back', async () => {
    const form = new FormData();
    form.set('body', 'See the picture.');
    form.append('attachments', new File(['picture'], 'screen.txt', { type: 'text/plain' }));
    const { body } = await ana.send('POST', `/api/tickets/${id}/comments`, form);
    const [file] = body['attachments'] as { url: string }[];
    expect(await (await ana.raw(file?.url ?? '')).text()).toBe('picture');
  });

  test('Withdraw Ticket: until it is solved, and only their own', async () => {
    expect((await move(cora, 'withdraw'))[0]).toBe(403);
    expect(await move(ana, 'withdraw')).toEqual([200, 'withdrawn']);
    expect((await move(ana, 'withdraw'))[0]).toBe(409);
  });

  test('Close Ticket: once it is solved; or they open it again', async () => {
    expect((await move(ana, 'close'))[0]).toBe(409);
    await resolved();
    expect(await move(ana, 'reopen')).toEqual([200, 'in_progress']);
    expect(await move(cora, 'resolve', { comment: 'Now it is.' })).toEqual([200, 'resolved']);
    expect(await move(ana, 'close')).toEqual([200, 'closed']);
  });
});

describe('Coordinator', () => {
  test('All Employee +: they submit, track and withdraw tickets of their own', async () => {
    id = await submit(cora);
    expect((await cora.get('/api/tickets?requester=me')).body['count']).toBe(1);
    expect(await move(cora, 'withdraw')).toEqual([200, 'withdrawn']);
  });

  test('Claim Tickets: it is theirs and in progress, and of two who claim it one gets it', async () => {
    await move(cora, 'approve');
    const answers = await Promise.all([move(cora, 'claim'), move(ada, 'claim')]);
    expect(answers.map(([status]) => status).toSorted()).toEqual([200, 409]);
    const { body } = await cora.get(`/api/tickets/${id}`);
    const winner = answers[0]?.[0] === 200 ? cora : ada;
    expect(body).toMatchObject({ status: 'in_progress', assignee: { id: winner.id } });
  });

  test('Assign Tickets: one to a colleague, many at once, and to nobody who is no staff', async () => {
    const assign = (assignee: unknown) => cora.send('PATCH', `/api/tickets/${id}`, { assignee });
    expect((await assign(ada.id)).body).toMatchObject({ assignee: { id: ada.id } });
    expect(await assign(ana.id)).toMatchObject({ status: 400, body: { details: { assignee: expect.any(Array) } } });
    const many = { ids: [id, await submit(ana)], action: { type: 'assign', assignee: cora.id } };
    expect((await cora.post('/api/tickets/bulk', many)).status).toBe(202);
  });

  test('Update Priority: with its line in the history, and not by an employee', async () => {
    const set = (by: Actor) => by.send('PATCH', `/api/tickets/${id}`, { priority: 'critical' });
    expect((await set(ana)).status).toBe(403);
    const { priority, events } = (await set(cora)).body as { priority: string; events: { data: object }[] };
    expect(priority).toBe('critical');
    expect(events.at(-1)?.data).toEqual({ changed: [{ field: 'priority', from: 'low', to: 'critical' }] });
  });

  test('Add Comments: answers for everybody on the ticket, notes for staff', async () => {
    const say = async (visibility: string) =>
      (await cora.post(`/api/tickets/${id}/comments`, { body: visibility, visibility })).status;
    expect([await say('public'), await say('internal')]).toEqual([201, 201]);
    const seen = async (by: Actor) =>
      ((await by.get(`/api/tickets/${id}`)).body['conversation'] as { body: string }[]).map(({ body }) => body);
    expect(await seen(ana)).toEqual(['Silence.', 'public']);
    expect(await seen(ada)).toEqual(['Silence.', 'public', 'internal']);
  });
});

describe('Admin', () => {
  test('Review Tickets: all that are new, approved or rejected with a reason', async () => {
    const { results } = (await ada.get('/api/tickets?view=new')).body as { results: { id: number }[] };
    expect(results.map((one) => one.id)).toContain(id);
    expect((await move(ada, 'reject'))[0]).toBe(400);
    expect(await move(ada, 'reject', { reason: 'A duplicate' })).toEqual([200, 'rejected']);
    expect((await ana.get(`/api/tickets/${id}`)).body).toMatchObject({ status_reason: 'A duplicate' });
  });

  test('Assign Tickets: to whom they say, or to whose turn it is', async () => {
    const { body } = await ada.send('PATCH', `/api/tickets/${id}`, { assignee: 'round_robin' });
    expect(body).toMatchObject({ assignee: { role: 'coordinator' } });
  });

  test('Update Status: through the whole life', async () => {
    const walk = [
      await move(ada, 'approve'),
      await move(ada, 'claim'),
      await move(ada, 'wait'),
      await move(ada, 'resume'),
      await move(ada, 'hold', { reason: 'A part' }),
      await move(ada, 'resume'),
      await move(ada, 'resolve', { comment: 'Done' }),
      await move(ada, 'close'),
    ];
    expect(walk.map(([, status]) => status)).toEqual(
      'open in_progress pending in_progress on_hold in_progress resolved closed'.split(' '),
    );
  });

  test('Generate Reports, View Analytics: what came, and what is not over, as numbers of the lists behind them', async () => {
    const { total } = (await ada.get('/api/reports/backlog')).body as { total: Record<string, number> };
    expect(total['all']).toBe((await ada.get('/api/badges')).body['open']);
    expect((await ana.get('/api/reports/backlog')).status).toBe(403);
    expect((await ada.raw('/api/reports/export?report=volume')).headers.get('content-type')).toContain('text/csv');
  });
});
