import type Router from '@koa/router';
import { workflowCallback } from '../contract/routes/workflow.ts';
import { AppError } from '../errors.ts';
import { readJson } from '../http/http-call.ts';
import { retryWorkflow } from '../integrations/workflow/retry-workflow.ts';
import { signedId, takeCallback } from '../integrations/workflow/take-callback.ts';
import { lockTicket } from '../tickets/access.ts';
import { readTicket } from '../tickets/read-ticket.ts';
import { channelOf } from './channel.ts';
import { mount, mountOpen, type MountDeps } from './mount.ts';
import { presentTicket } from './present-ticket.ts';
import { parseBody } from './read-call.ts';

export interface WorkflowRouteDeps extends MountDeps {
  /** What callbacks are signed with; null: none are taken. */
  workflowSecret: string | null;
}

/** What the workflow system says, and sending it a ticket again. */
export function workflowRoutes(router: Router, deps: WorkflowRouteDeps): void {
  mountOpen(router, deps, 'workflowCallback', async ({ ctx, body, transaction }) => {
    const { workflowSecret: secret } = deps;
    if (secret === null) throw new AppError('not_found', 'No callbacks are taken: set WORKFLOW_CALLBACK_SECRET');
    const bytes = body as Buffer;
    return transaction(async (tx) => {
      const id = signedId((name) => ctx.get(name), bytes, { secret, now: tx.now });
      return takeCallback(tx, { id, body: bytes, callback: parseBody(workflowCallback, readJson(bytes)) });
    });
  });

  mount(router, deps, 'retryWorkflow', async ({ tx, actor, params, ctx }) => {
    const ticket = await lockTicket(tx, actor, params.id);
    await retryWorkflow(tx, ticket, { actorId: actor.id, channel: channelOf(ctx) });
    return presentTicket(await readTicket(tx, actor, ticket.id), actor, deps.secrets.frames);
  });
}
