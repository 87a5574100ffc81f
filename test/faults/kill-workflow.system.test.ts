import { expect, test } from 'vitest';
import type { FaultPoint } from '../../src/fault-point.ts';
import { startWorkflowServer } from '../support/workflow-server.ts';
import { useFaultDesks, type FaultDesk } from './fault-desk.ts';

const newDesk = useFaultDesks();

/** A desk with an open ticket that is due for a workflow system. */
async function approve(desk: FaultDesk): Promise<void> {
  const staff = await desk.staff();
  const ticket = { subject: 'The lift', description: 'It stands still.', category: 'Other', priority: 'high' };
  const { id } = (await staff.post('/api/tickets', ticket)).body as { id: number };
  await staff.post(`/api/tickets/${id}/transitions`, { name: 'approve' });
}

test.concurrent.for<{ point: FaultPoint; when: string }>([
  { point: 'FW1', when: 'when the workflow system has the ticket and nobody has heard its answer' },
  { point: 'FW2', when: 'when its answer was heard and the row does not say so' },
])(
  'M47: a desk killed at $point, $when, sends the ticket again with the same key: one effect',
  async ({ point }, { onTestFinished }) => {
    // Its own hook: the other one is under way beside it.
    const server = await startWorkflowServer();
    onTestFinished(() => server.stop());
    const desk = await newDesk({ WORKFLOW_URL: server.url, WORKFLOW_API_KEY: 'key-of-the-desk' });
    await desk.dieAt(point, () => approve(desk));
    expect(await desk.query('select state, attempts from workflow_sync')).toEqual([{ state: 'pending', attempts: 1 }]);
    expect(server.tries.length).toBe(1);
    await desk.recover(
      async () => (await desk.query(`select from workflow_sync where state = 'sent'`)).length === 1,
      120_000,
    );
    expect(server.tries.length).toBe(2);
    expect([...server.opened.values()]).toEqual(['case-1']);
    expect(await desk.query('select state, attempts, reference from workflow_sync')).toEqual([
      { state: 'sent', attempts: 2, reference: 'case-1' },
    ]);
  },
);
