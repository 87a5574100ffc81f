import type { Transaction } from '../db/transaction.ts';
import type { Employee } from '../people/employee.ts';
import { kindOf, queueOf, type KindName, type TaskInput } from './kinds.ts';
import { rightsOf } from './rights-of.ts';
import { Task } from './task.ts';

/** Writes down work for the worker: no commit, no task. The answer of the route is 202 with it. */
export async function startTask<K extends KindName>(
  tx: Transaction,
  { kind, actor, input }: { kind: K; actor: Employee; input: TaskInput<K> },
): Promise<Task> {
  const { parts, file } = kindOf(kind);
  const total = parts(input).length;
  const ordered = file ? { file: { ...file(input), rights: await rightsOf(tx, actor) } } : {};
  const times = { createdAt: tx.now, nextAt: tx.now };
  const task = tx.em.create(Task, { kind, employee: actor, input, state: 'queued', total, ...ordered, ...times });
  await tx.em.flush();
  tx.wake(queueOf(kindOf(kind)), task.id);
  return task;
}
