import type { Input, Output } from '#contract/client.ts';
import { ask } from './session.svelte.ts';

type Body = Exclude<NonNullable<Input<'changeTickets'>['body']>, string | Blob | FormData>;
export type BulkAction = Body['action'];
type Task = Output<'readTask'>;

const PAUSE = 300;
const PATIENCE = 120_000;

/** Changes many tickets, or one, and waits until the desk has done it. Throws ApiError. */
export async function changeMany(ids: readonly number[], action: BulkAction): Promise<Task> {
  let { task } = await ask('changeTickets', { body: { ids: [...ids], action } });
  const until = Date.now() + PATIENCE;
  while (task.state !== 'done' && task.state !== 'failed' && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    task = await ask('readTask', { params: { id: String(task.id) } });
  }
  return task;
}

/** The tickets that a change was refused for, with the words of the desk. */
export function refusedBy({ result }: Task): { id: number; error: string }[] {
  return result.flatMap(({ id, ok, problem }) => (ok ? [] : [{ id, error: problem?.error ?? '' }]));
}
