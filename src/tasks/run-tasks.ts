import { randomUUID } from 'node:crypto';
import type { RunTransaction, Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { faultPoint } from '../fault-point.ts';
import type { Log } from '../log.ts';
import { Employee } from '../people/employee.ts';
import { claimTask, failTask, finishTask, postponeTask, recordPart, type HeldTask } from './held-task.ts';
import { kindOf } from './kinds.ts';
import type { TaskLine } from './task.ts';

export interface TaskDeps {
  transaction: RunTransaction;
  log: Log;
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

async function runParts({ transaction, log }: TaskDeps, held: HeldTask): Promise<void> {
  for (let part = 0; part < PARTS; part++) {
    try {
      const more = await transaction((tx) => runPart(tx, held)).catch((error: unknown) =>
        transaction((tx) => recordRefusal(tx, held, error)),
      );
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

/** True while there is more to do. */
async function runPart(tx: Transaction, held: HeldTask): Promise<boolean> {
  const kind = kindOf(held.kind);
  const input = kind.input.parse(held.input);
  const id = kind.parts(input)[held.progress];
  if (id === undefined) return finishTask(tx, held);
  const actor = await tx.em.findOne(Employee, { id: held.employeeId, status: 'approved' });
  if (!actor) return failTask(tx, held, 'Whoever started it may not work here any more');
  if (!(await recordPart(tx, held, { id, ok: true }))) return false;
  await kind.step(tx, actor, input, id);
  faultPoint('T1');
  return true;
}

/** A part that was refused has changed nothing; that it was refused is its outcome. */
async function recordRefusal(tx: Transaction, held: HeldTask, error: unknown): Promise<boolean> {
  if (!(error instanceof AppError)) throw error;
  const kind = kindOf(held.kind);
  const id = kind.parts(kind.input.parse(held.input))[held.progress] ?? 0;
  const { message, code, details } = error;
  const line: TaskLine = { id, ok: false, problem: { error: message, code, details } };
  return recordPart(tx, held, line);
}
