import type { Transaction } from '../db/transaction.ts';
import { kindOf, queueOf } from './kinds.ts';
import type { TaskFile, TaskLine } from './task.ts';

/** A task that is ours until its lease ends; each part makes the lease longer. Every write asks whether it is still ours. */
export interface HeldTask {
  id: number;
  token: string;
  kind: string;
  employeeId: number;
  input: unknown;
  /** Parts that are done: the next one's place. */
  progress: number;
  total: number;
  /** Tries of the next part, this one included. */
  attempts: number;
  /** The file it makes; null: none. */
  file: TaskFile | null;
}

/** Milliseconds a part may take before somebody else may take the task on. */
const LEASE = 60_000;
/** Tries of one part that end without an outcome, the process dying included. */
const MOST_ATTEMPTS = 5;
/** Milliseconds before the second try; it doubles. */
const PAUSE = 5000;

interface Row {
  kind: string;
  employee_id: string;
  input: unknown;
  progress: number;
  total: number;
  attempts: number;
  file: TaskFile | null;
}

/** Milliseconds for which a file can be downloaded: a day. */
const FILE_KEPT = 24 * 3600_000;

/** Takes a task that is due, and counts the try; null when it is over, not due, or somebody else's. */
export async function claimTask(tx: Transaction, id: number, token: string): Promise<HeldTask | null> {
  const [row] = await tx.em.execute<Row[]>(
    `update task set state = 'running', attempts = attempts + 1, lease_token = ?, next_at = ?
      where id = ? and state in ('queued', 'running') and next_at <= ?
      returning kind, employee_id, input, progress, total, attempts, file`,
    [token, leaseEnd(tx), id, tx.now],
  );
  if (!row) return null;
  const { employee_id, ...task } = row;
  const held = { ...task, id, token, employeeId: Number(employee_id) };
  if (held.attempts <= MOST_ATTEMPTS) return held;
  await failTask(tx, held, `Given up at part ${held.progress + 1} of ${held.total} after ${MOST_ATTEMPTS} tries`);
  return null;
}

/** Counts a part and keeps its line, if it has one; false when the task is not ours any more, and then nothing may be done. Holds the row until the commit. */
export async function recordPart(tx: Transaction, held: HeldTask, line: TaskLine | null): Promise<boolean> {
  const rows = await tx.em.execute<unknown[]>(
    `update task set progress = progress + 1, result = result || ?::jsonb, attempts = 1, next_at = ?
      where id = ? and lease_token = ? and progress = ? returning 1`,
    [JSON.stringify(line ? [line] : []), leaseEnd(tx), held.id, held.token, held.progress],
  );
  return rows.length > 0;
}

/** Adds to the line of the part that was counted in this transaction. */
export async function amendLine({ em }: Transaction, { id }: HeldTask, more: Partial<TaskLine>): Promise<void> {
  await em.execute(`update task set result = jsonb_set(result, '{-1}', (result->-1) || ?::jsonb) where id = ?`, [
    ...[JSON.stringify(more), id],
  ]);
}

/** Makes the lease longer while a look takes its time. */
export async function renewTask(tx: Transaction, { id, token }: HeldTask): Promise<void> {
  await tx.em.execute('update task set next_at = ? where id = ? and lease_token = ?', [leaseEnd(tx), id, token]);
}

/** Milliseconds between two renewals. */
export const RENEW_EVERY = LEASE / 3;

/** Lets it go, to be taken on again: at once, or after a pause that grows with each try. */
export async function postponeTask(tx: Transaction, held: HeldTask, { pause = pauseOf(held) } = {}): Promise<void> {
  const nextAt = new Date(tx.now.getTime() + pause);
  const rows = await tx.em.execute<unknown[]>(
    `update task set lease_token = null, next_at = ?, attempts = case when ? then 0 else attempts end
      where id = ? and lease_token = ? returning 1`,
    [nextAt, pause === 0, held.id, held.token],
  );
  if (rows.length > 0) tx.enqueue(queueOf(kindOf(held.kind)), { ids: [held.id] }, nextAt);
}

/** Ends it; the file that it made can be downloaded from now on. */
export async function finishTask(tx: Transaction, held: HeldTask): Promise<false> {
  if (held.file)
    await tx.em.execute('update task set file_until = ? where id = ? and lease_token = ?', [
      ...[new Date(tx.now.getTime() + FILE_KEPT), held.id, held.token],
    ]);
  return endTask(tx, held, 'done', null);
}

/** Ends it before it is through; what was done stays done, and its result says so. */
export async function failTask(tx: Transaction, held: HeldTask, error: string): Promise<false> {
  return endTask(tx, held, 'failed', error);
}

async function endTask(
  tx: Transaction,
  { id, token }: HeldTask,
  state: 'done' | 'failed',
  error: string | null,
): Promise<false> {
  await tx.em.execute(
    `update task set state = ?, error = ?, finished_at = ?, lease_token = null, input = '{}' where id = ? and lease_token = ?`,
    [state, error, tx.now, id, token],
  );
  return false;
}

const leaseEnd = ({ now }: Transaction) => new Date(now.getTime() + LEASE);
const pauseOf = ({ attempts }: HeldTask) => PAUSE * 2 ** (attempts - 1);
