import { silent } from '../../src/log.ts';
import { runTasks } from '../../src/tasks/run-tasks.ts';
import { Task } from '../../src/tasks/task.ts';
import type { TestDesk } from './desk.ts';

/** A task after the worker's turn. */
export async function doTask(desk: TestDesk, id: number): Promise<Task> {
  await runTasks(
    { transaction: desk.transaction, log: silent, links: desk.secrets.links, mailboxes: desk.jobs.mailboxes },
    [id],
  );
  return desk.transaction((tx) => tx.em.findOneOrFail(Task, id));
}
