import { newActor, type Actor } from '../support/actors.ts';
import { startTestDesk, type TestDesk } from '../support/desk.ts';
import { signPush } from '../support/mailboxes.ts';
import { startWorkflowServer, type WorkflowServer } from '../support/workflow-server.ts';

export const CALLBACK_SECRET = `whsec_${Buffer.alloc(32, 9).toString('base64')}`;

export interface WorkflowTicket {
  id: number;
  ticket_number: string;
  status: string;
  version: number;
  status_reason: string | null;
  workflow: { state: string; attempts: number; error: string | null; reference: string | null } | null;
  events: { type: string; channel: string; actor: object | null; data: Record<string, unknown> }[];
}

export interface WorkflowDesk {
  desk: TestDesk;
  server: WorkflowServer;
  marta: Actor;
  ana: Actor;
  /** Submits a ticket as Ana and approves it as Marta. */
  approved(subject: string, files?: File[]): Promise<WorkflowTicket>;
  read(id: number, as?: Actor): Promise<WorkflowTicket>;
  /** What the workflow system says; each with an id of its own unless one is named. */
  call(
    body: object,
    signed?: Parameters<typeof signPush>[2],
    secret?: string,
  ): Promise<{ status: number; body: Record<string, unknown> }>;
  stop(): Promise<void>;
}

/** A desk beside a workflow system of its own: the breaker of one test must not meet another. */
export async function startWorkflowDesk({ worker = true } = {}): Promise<WorkflowDesk> {
  const server = await startWorkflowServer();
  const env = {
    WORKFLOW_URL: server.url,
    WORKFLOW_API_KEY: 'key-of-the-desk',
    WORKFLOW_CALLBACK_SECRET: CALLBACK_SECRET,
  };
  const { desk, stop } = await startTestDesk({ web: true, worker, env });
  const [marta, ana] = [await newActor(desk, 'coordinator', 'Marta'), await newActor(desk, 'employee', 'Ana')];
  const read = async (id: number, as = marta) => (await as.get(`/api/tickets/${id}`)).body as unknown as WorkflowTicket;
  return {
    ...{ desk, server, marta, ana, read },
    async approved(subject, files = []) {
      const form = new FormData();
      for (const [name, value] of Object.entries({
        subject,
        description: 'It stands still.',
        category: 'Other',
        priority: 'high',
      }))
        form.set(name, value);
      for (const file of files) form.append('attachments', file);
      const { id } = (await ana.send('POST', '/api/tickets', form)).body as { id: number };
      const answer = await marta.post(`/api/tickets/${id}/transitions`, { name: 'approve' });
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
      return answer.body as unknown as WorkflowTicket;
    },
    async call(given, signed = {}, secret = CALLBACK_SECRET) {
      const body = JSON.stringify(given);
      const headers = { ...signPush(secret, body, signed), 'content-type': 'application/json' };
      const response = await ana.raw('/api/workflow/callback', { method: 'POST', headers, body });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    async stop() {
      await stop();
      await server.stop();
    },
  };
}
