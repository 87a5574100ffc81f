import type Router from '@koa/router';
import type { z } from 'zod';
import type * as schema from '../contract/schemas.ts';
import { findTask } from '../tasks/find-task.ts';
import { startTask } from '../tasks/start-task.ts';
import type { Task, TaskFile } from '../tasks/task.ts';
import { channelOf } from './channel.ts';
import { mount, type MountDeps } from './mount.ts';

/** What is begun by a request and done by the worker. */
export function taskRoutes(router: Router, deps: MountDeps): void {
  mount(router, deps, 'changeTickets', async ({ tx, actor, body, ctx }) => {
    const input = { ...body, channel: channelOf(ctx) };
    return { task: presentTask(await startTask(tx, { kind: 'change-tickets', actor, input }), tx.now) };
  });

  mount(router, deps, 'readTask', async ({ tx, actor, params }) =>
    presentTask(await findTask(tx.em, actor, params.id), tx.now),
  );
}

/** There is a path while there is a file behind it. */
function presentFile({ id, fileUntil }: Task, { name, type }: TaskFile, now: Date) {
  const there = fileUntil && fileUntil > now;
  return {
    name,
    content_type: type,
    url: there ? `/api/tasks/${id}/file` : null,
    until: fileUntil?.toISOString() ?? null,
  };
}

/** A task as the contract gives it. */
export function presentTask(task: Task, now: Date): z.input<typeof schema.Task> {
  const { id, kind, state, progress, total, result, error, file } = task;
  const failed = result.filter(({ ok }) => !ok).length;
  return {
    ...{ id, kind, state, progress, total, failed },
    result: result.map(({ problem = null, outcome = null, subjectId = null, ...line }) => {
      return { ...line, problem, outcome, subject_id: subjectId };
    }),
    file: file ? presentFile(task, file, now) : null,
    error: error ?? null,
    created_at: task.createdAt.toISOString(),
    finished_at: task.finishedAt?.toISOString() ?? null,
  };
}
