import { signPush } from '../../support/mailboxes.ts';
import type { Actor } from '../../support/actors.ts';
import type { Request, Sample, World } from '../samples.ts';
import { ticketOf } from './tickets.ts';

/** What the desk of the samples is told of the workflow system; nobody is there. */
export const WORKFLOW_ENV = {
  WORKFLOW_URL: 'http://127.0.0.1:1/',
  WORKFLOW_API_KEY: 'key-of-the-desk',
  WORKFLOW_CALLBACK_SECRET: `whsec_${Buffer.alloc(32, 3).toString('base64')}`,
};

async function failed({ desk }: World, owner: Actor): Promise<Request> {
  const { id } = await ticketOf(owner);
  await desk.transaction((tx) =>
    tx.em.execute(
      `insert into workflow_sync (ticket_id, state, attempts, next_at, error, created_at, finished_at) values (?, 'failed', 3, ?, 'No answer', ?, ?)`,
      [id, tx.now, tx.now, tx.now],
    ),
  );
  return { params: { id } };
}

async function callback({ desk }: World, me: Actor): Promise<Request> {
  const { id } = await ticketOf(me);
  const [row] = await desk.transaction((tx) =>
    tx.em.execute<{ number: string }[]>(`update ticket set status = 'open' where id = ? returning number`, [id]),
  );
  const ticket = { ticket_number: `TX${String(row?.number).padStart(4, '0')}`, name: 'resolve', comment: 'Done' };
  const body = JSON.stringify(ticket);
  const headers = signPush(WORKFLOW_ENV.WORKFLOW_CALLBACK_SECRET, body);
  return { body, headers: { ...headers, 'content-type': 'application/json' } };
}

export const workflowSamples = {
  // Its right is its signature.
  workflowCallback: { own: callback },
  retryWorkflow: { own: failed, foreign: (world) => failed(world, world.other), reach: ['coordinator', 'admin'] },
} satisfies Record<string, Sample>;
