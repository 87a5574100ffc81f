import type Router from '@koa/router';
import type { z } from 'zod';
import type * as schema from '../contract/schemas.ts';
import { findTask } from '../tasks/find-task.ts';
import { startTask } from '../tasks/start-task.ts';
import type { Task } from '../tasks/task.ts';
import { channelOf } from './channel.ts';
import { mount, type MountDeps } from './mount.ts';

/** What is begun by a request and done by the worker. */
export function taskRoutes(router: Router, deps: MountDeps): void {
  mount(router, deps, 'changeTickets', async ({ tx, actor, body, ctx }) => {
    const input = { ...body, channel: channelOf(ctx) };
    return { task: present(await startTask(tx, { kind: 'change-tickets', actor, input })) };
  });

  mount(router, deps, 'readTask', async ({ tx, actor, params }) => present(await findTask(tx.em, actor, params.id)));
}

function present(task: Task): z.input<typeof schema.Task> {
  const { id, kind, state, progress, total, result, error } = task;
  const failed = result.filter(({ ok }) => !ok).length;
  return {
    ...{ id, kind, state, progress, total, failed },
    result: result.map(({ problem = null, ...line }) => ({ ...line, problem })),
    error: error ?? null,
    created_at: task.createdAt.toISOString(),
    finished_at: task.finishedAt?.toISOString() ?? null,
  };
}
