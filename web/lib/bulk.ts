import { TRANSITIONS } from '#contract/lifecycle.ts';
import type { Input, Output } from '#contract/client.ts';
import { ask } from './session.svelte.ts';
import { GRAVE_MOVES, MOVE_ORDER, type Need, type Status, type TransitionName } from './statuses.ts';

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

/** A change of status that staff can make to some of several tickets; the desk decides for each of them. */
export interface BulkMove {
  name: TransitionName;
  to: Status;
  needs: readonly Need[];
  grave: boolean;
}

/** The changes of status that fit at least one of these statuses, the most wanted first. */
export function movesFor(statuses: Iterable<Status>): BulkMove[] {
  const there = [...statuses];
  return TRANSITIONS.filter(
    ({ by, from }) => by.includes('coordinator') && there.some((status) => from.includes(status)),
  )
    .map(({ name, to, needs }) => ({ name, to, needs, grave: GRAVE_MOVES.includes(name) }))
    .sort((a, b) => MOVE_ORDER.indexOf(a.name) - MOVE_ORDER.indexOf(b.name));
}
