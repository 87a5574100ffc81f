import type { Transaction } from '../db/transaction.ts';

/** Milliseconds for which the result of a finished task can be read. */
const KEPT = 30 * 24 * 3600 * 1000;

/** Deletes tasks that were over a month ago, and files that nobody can download any more. */
export async function forgetTasks({ em, now }: Transaction): Promise<void> {
  await em.execute(
    `delete from task_file f using task t where t.id = f.task_id and (t.file_until <= ? or t.state = 'failed')`,
    [now],
  );
  await em.execute('delete from task where finished_at < ?', [new Date(now.getTime() - KEPT)]);
}
