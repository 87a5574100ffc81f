import { randomUUID } from 'node:crypto';
import type { RunTransaction, Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { faultPoint } from '../fault-point.ts';
import type { Log } from '../log.ts';
import { Employee } from '../people/employee.ts';
import type { MailboxTools, TaskReport } from '../mail/doctor/mailbox-tools.ts';
import {
  amendLine,
  claimTask,
  failTask,
  finishTask,
  postponeTask,
  recordPart,
  RENEW_EVERY,
  renewTask,
} from './held-task.ts';
import type { HeldTask } from './held-task.ts';
import { kindOf, type TaskKind } from './kinds.ts';
import { rightsOf } from './rights-of.ts';
import type { TaskLine } from './task.ts';

export interface TaskDeps {
  transaction: RunTransaction;
  log: Log;
  /** Derives the tokens of links sent by mail. */
  links: Buffer;
  /** What looks at mailboxes; without it such tasks are left to others. */
  mailboxes?: MailboxTools;
}

/** A task in our hands, with its input read. */
interface Work {
  held: HeldTask;
  kind: TaskKind<unknown>;
  input: unknown;
  parts: readonly number[];
  links: Buffer;
}

/** Parts that one job does before it makes room for others: whoever stops the desk waits for it. */
const PARTS = 100;

/** Does what is due of these tasks, part by part, each in a transaction of its own. One that somebody else has is left alone. */
export async function runTasks(deps: TaskDeps, ids: readonly number[]): Promise<void> {
  for (const id of ids) {
    const token = randomUUID();
    const held = await deps.transaction((tx) => claimTask(tx, id, token));
    if (held) await runParts(deps, held);
  }
}

async function runParts(deps: TaskDeps, held: HeldTask): Promise<void> {
  const { transaction, log } = deps;
  const kind = kindOf(held.kind);
  const input = kind.input.parse(held.input);
  const work: Work = { held, kind, input, parts: kind.parts(input), links: deps.links };
  for (let part = 0; part < PARTS; part++) {
    try {
      const more = await lookAhead(deps, work)
        .then((report) => transaction((tx) => runPart(tx, work, report)))
        .catch((error: unknown) => transaction((tx) => recordRefusal(tx, work, error)));
      if (!more) return;
      Object.assign(held, { progress: held.progress + 1, attempts: 1 });
    } catch (error) {
      log.error({ err: error, task: held.id }, 'a part of a task failed; it is tried again');
      return transaction((tx) => postponeTask(tx, held));
    }
    faultPoint('T2');
  }
  await transaction((tx) => postponeTask(tx, held, { pause: 0 }));
}

/** What the next part finds by looking, with the lease made longer meanwhile; null: it looks at nothing. */
async function lookAhead(
  { transaction, log, mailboxes }: TaskDeps,
  { held, kind, input, parts }: Work,
): Promise<TaskReport | null> {
  const id = parts[held.progress];
  if (!kind.look || id === undefined) return null;
  if (!mailboxes) throw new Error(`Nothing here can do a ${held.kind}`);
  const renewal = setInterval(() => {
    transaction((tx) => renewTask(tx, held)).catch((error: unknown) => {
      log.warn({ err: error, task: held.id }, 'lease of a task not renewed');
    });
  }, RENEW_EVERY);
  return kind.look(mailboxes, input, id).finally(() => clearInterval(renewal));
}

/** True while there is more to do. */
async function runPart(
  tx: Transaction,
  { held, kind, input, parts, links }: Work,
  report: TaskReport | null,
): Promise<boolean> {
  const id = parts[held.progress];
  if (id === undefined) return finishTask(tx, held);
  const actor = await tx.em.findOne(Employee, { id: held.employeeId, ...(!kind.outlives && { status: 'approved' }) });
  if (!actor) return failTask(tx, held, 'Whoever started it may not work here any more');
  if (kind.roles && !kind.roles.includes(actor.role))
    return failTask(tx, held, 'Whoever started it may not do this any more');
  if (held.file && held.file.rights !== (await rightsOf(tx, actor)))
    return failTask(tx, held, 'The rights of whoever started it have changed: start it again');
  if (!(await recordPart(tx, held, kind.lines === 'each' ? { id, ok: true, ...(report && { report }) } : null)))
    return false;
  const result = await kind.step(tx, { actor, input, id, part: held.progress, taskId: held.id, links });
  if (result) await amendLine(tx, held, result);
  faultPoint('T1');
  return true;
}

/** A part that was refused has changed nothing; that it was refused is its outcome, or the end where the parts are one thing. */
async function recordRefusal(tx: Transaction, { held, kind, parts }: Work, error: unknown): Promise<boolean> {
  if (!(error instanceof AppError)) throw error;
  const { message, code, details } = error;
  if (kind.lines === 'none') return failTask(tx, held, message);
  const line: TaskLine = { id: parts[held.progress] ?? 0, ok: false, problem: { error: message, code, details } };
  return recordPart(tx, held, line);
}
