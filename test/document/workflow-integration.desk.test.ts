import { expect, test } from 'vitest';
import { startWorkflowDesk } from '../integrations/workflow-desk.ts';
import { eventually } from '../support/processes.ts';

/*
 * "External Integrations: Workflow API Client, HTTP API Calls, External Workflow System, REST/JSON over HTTPS" of the architecture document, along
 * its asynchronous pattern:
 *
 *   API Request → Queue Task → Background Worker → External Service
 *        ↓                                               ↓
 *   Immediate Response      Update Status  ←  Callback  ← API Response
 */
test('Asynchronous Communication Pattern: approving answers at once, the worker sends the ticket, and the callback updates its status', async () => {
  const here = await startWorkflowDesk({ worker: false });
  try {
    // API Request → Immediate Response, Queue Task: the ticket is open, and nobody has been called.
    const { id, status, workflow, ticket_number } = await here.approved('The lift');
    expect([status, workflow?.state, here.server.tries.length]).toEqual(['open', 'pending', 0]);
    const rows = (sql: string) => here.desk.transaction((tx) => tx.em.execute<{ data: object }[]>(sql));
    expect((await rows(`select data from pgboss.job where name = 'send-workflow'`)).length).toBe(1);

    // Background Worker → External Service → API Response.
    const worker = await here.desk.startWorker();
    try {
      await eventually('the ticket is sent', async () => (await here.read(id)).workflow?.state === 'sent');
      expect(here.server.tries.map(({ body }) => body.ticket.ticket_number)).toEqual([ticket_number]);

      // Callback → Update Status.
      const { callback_url } = here.server.tries[0]?.body ?? {};
      expect(new URL(callback_url ?? '').pathname).toBe('/api/workflow/callback');
      expect(await here.call({ ticket_number, name: 'resolve', comment: 'The lift runs again.' })).toMatchObject({
        status: 200,
      });
      expect(await here.read(id)).toMatchObject({ status: 'resolved', status_reason: 'The lift runs again.' });
    } finally {
      await worker.stop();
    }
  } finally {
    await here.stop();
  }
});
