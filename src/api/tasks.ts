import { Readable } from 'node:stream';
import type Router from '@koa/router';
import type { z } from 'zod';
import type * as schema from '../contract/schemas.ts';
import type { Transaction } from '../db/transaction.ts';
import type { Employee } from '../people/employee.ts';
import { findDepartments } from '../tasks/import/find-departments.ts';
import { readPeopleCsv, refuseWrong } from '../tasks/import/read-people-csv.ts';
import type { KindName } from '../tasks/kinds.ts';
import { findTaskFile, readTaskFile } from '../tasks/read-task-file.ts';
import { findTask } from '../tasks/find-task.ts';
import { startTask } from '../tasks/start-task.ts';
import type { Task, TaskFile } from '../tasks/task.ts';
import { channelOf } from './channel.ts';
import { sendAsFile } from './send-as-file.ts';
import { mount, type MountDeps } from './mount.ts';

/** What is begun by a request and done by the worker. */
export function taskRoutes(router: Router, deps: MountDeps): void {
  mount(router, deps, 'changeTickets', async ({ tx, actor, body, ctx }) => {
    const input = { ...body, channel: channelOf(ctx) };
    return { task: presentTask(await startTask(tx, { kind: 'change-tickets', actor, input }), tx.now) };
  });

  mount(router, deps, 'exportTickets', async ({ tx, actor, body }) => order(tx, actor, 'export-tickets', body));
  mount(router, deps, 'exportEmployees', async ({ tx, actor, body }) => order(tx, actor, 'export-employees', body));
  mount(router, deps, 'startAuditExport', async ({ tx, actor, body }) => order(tx, actor, 'export-audit', body));

  mount(router, deps, 'importEmployees', async ({ tx, actor, body }) => {
    const { people, wrong } = readPeopleCsv(body as Buffer);
    const found = await findDepartments(tx, people, wrong);
    refuseWrong(wrong);
    const task = await startTask(tx, { kind: 'import-employees', actor, input: { people: found } });
    tx.audit({ action: 'employees.imported', actorId: actor.id, data: { task: task.id, lines: found.length } });
    return { task: presentTask(task, tx.now) };
  });

  mount(router, deps, 'downloadTaskFile', async ({ tx, actor, scopes, params: { id }, ctx }) => {
    const { name, type } = await findTaskFile(tx, { actor, scopes }, id);
    sendAsFile(ctx, type, name);
    ctx.body = Readable.from(readTaskFile(deps.transaction, id));
    return undefined;
  });

  mount(router, deps, 'readTask', async ({ tx, actor, params }) =>
    presentTask(await findTask(tx.em, actor, params.id), tx.now),
  );
}

const LAST: Record<ExportName, string> = {
  'export-tickets': 'select max(id) as last from ticket',
  'export-employees': 'select max(id) as last from employee',
  'export-audit': 'select last_id as last from audit_head',
};
type ExportName = Extract<KindName, `export-${string}`>;

/** An export of what there is at this moment, written down with its filters: ids and fixed words. */
async function order(
  tx: Transaction,
  actor: Employee,
  kind: ExportName,
  { format, ...given }: { format: 'csv' | 'jsonl' } & Record<string, string | number | undefined>,
) {
  const filters = JSON.parse(JSON.stringify(given)) as Record<string, string | number>; // without what was not given
  const [row] = await tx.em.execute<{ last: string | null }[]>(LAST[kind]);
  const until = Number(row?.last ?? 0);
  const input = { format, filters, until, day: tx.now.toISOString().slice(0, 10) };
  const task = await startTask(tx, { kind, actor, input });
  const action = `${kind.slice('export-'.length)}.exported`;
  tx.audit({ action, actorId: actor.id, data: { task: task.id, format, until, ...filters } });
  return { task: presentTask(task, tx.now) };
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
    result: result.map(({ problem = null, report = null, outcome = null, subjectId = null, ...line }) => {
      return { ...line, report, problem, outcome, subject_id: subjectId };
    }),
    file: file ? presentFile(task, file, now) : null,
    error: error ?? null,
    created_at: task.createdAt.toISOString(),
    finished_at: task.finishedAt?.toISOString() ?? null,
  };
}
