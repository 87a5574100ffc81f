import { beforeAll, expect, test } from 'vitest';
import { newActor, type Actor } from '../support/actors.ts';
import { useDesk } from '../support/desk.ts';
import { eventually } from '../support/processes.ts';

/*
 * "Asynchronous Communication Pattern" of the architecture document:
 *
 *   API Request → Queue Task → Background Worker → External Service
 *        ↓             ↓              ↓                  ↓
 *   Immediate      Task Status    Process Data      API Response
 *   Response: ID   ← Update Status ← Callback
 */
const desk = useDesk({ web: true });

interface Task {
  id: number;
  state: string;
  progress: number;
  total: number;
  failed: number;
  result: { id: number; ok: boolean }[];
}

let marta: Actor;
let ids: number[];
beforeAll(async () => {
  marta = await newActor(desk(), 'coordinator', 'Marta');
  ids = [];
  for (const name of ['Ana', 'Ben', 'Cem']) {
    const requester = await newActor(desk(), 'employee', name);
    const ticket = {
      subject: `The lift, says ${name}`,
      description: 'It stands still.',
      category: 'Other',
      priority: 'high',
    };
    const id = (await requester.post('/api/tickets', ticket)).body['id'] as number;
    await marta.post(`/api/tickets/${id}/transitions`, { name: 'approve' });
    ids.push(id);
  }
});

const rows = (sql: string, params: unknown[] = []) =>
  desk().transaction((tx) => tx.em.execute<Record<string, unknown>[]>(sql, params));

test('Asynchronous Communication Pattern: a request queues a task, the worker does it, mail goes out, and the status tells', async () => {
  // API Request → Immediate Response with the task's id: nothing has been done yet.
  const comment = 'The lift runs again.';
  const answer = await marta.post('/api/tickets/bulk', {
    ids,
    action: { type: 'transition', name: 'resolve', comment },
  });
  expect(answer).toMatchObject({ status: 202, body: { task: { state: 'queued', progress: 0, total: 3, result: [] } } });
  const { id } = answer.body['task'] as Task;

  // Queue Task: row and job were written together.
  expect(await rows('select state, progress from task where id = ?', [id])).toEqual([{ state: 'queued', progress: 0 }]);
  expect(await rows(`select data from pgboss.job where name = 'run-tasks'`)).toEqual([{ data: { ids: [id] } }]);
  expect((await marta.get(`/api/tickets/${ids[0]}`)).body['status']).toBe('open');

  // Background Worker → Process Data → Update Status.
  const worker = await desk().startWorker();
  try {
    const done = await eventually('the task is done', async () => {
      const { status, body } = await marta.get(`/api/tasks/${id}`);
      expect(status).toBe(200);
      return body['state'] === 'done' && (body as unknown as Task);
    });
    expect(done).toMatchObject({ progress: 3, failed: 0, result: ids.map((one) => ({ id: one, ok: true })) });
    for (const one of ids) expect((await marta.get(`/api/tickets/${one}`)).body['status']).toBe('resolved');

    // External Service → API Response → Callback: each requester got the mail, and the ticket shows what the server said.
    const sent = () => desk().caught.mails.filter(({ raw }) => raw.toString().includes(comment));
    await eventually('three mails', () => sent().length === 3);
    await eventually('the ticket says that its mail was sent', async () => {
      const { conversation } = (await marta.get(`/api/tickets/${ids[0]}`)).body as {
        conversation: { body: string; deliveries: { state: string }[] }[];
      };
      return conversation.find(({ body }) => body === comment)?.deliveries.every(({ state }) => state === 'sent');
    });
  } finally {
    await worker.stop();
  }
});
