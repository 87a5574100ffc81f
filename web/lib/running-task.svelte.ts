import type { Output, Problem } from '#contract/client.ts';
import { whenForgetting } from './forget.ts';
import { whileVisible } from './poll.svelte.ts';
import { problemOf } from './problem-words.ts';
import { ask } from './session.svelte.ts';

export type Task = Output<'readTask'>;

/** Work of the desk that goes on after its request was answered: begun here, and looked after until it is over. */
export class RunningTask {
  task = $state.raw<Task | null>(null);
  problem = $state.raw<Problem | null>(null);
  asking = $state(false);
  /** Seconds since it was begun. */
  seconds = $state(0);
  readonly running = $derived(this.asking || (this.task !== null && !['done', 'failed'].includes(this.task.state)));
  #begun = 0;

  /** Begins it by a request that answers with the task. */
  async begin(request: () => Promise<{ task: Task }>): Promise<void> {
    if (this.running) return;
    [this.task, this.problem, this.asking, this.seconds] = [null, null, true, 0];
    this.#begun = Date.now();
    try {
      this.task = (await request()).task;
    } catch (error) {
      this.problem = problemOf(error);
    }
    this.asking = false;
  }

  /** For an effect, while it runs: asks every second how far it is. */
  follow(): (() => void) | undefined {
    if (!this.running) return undefined;
    return whileVisible(1, async () => {
      this.seconds = Math.round((Date.now() - this.#begun) / 1000);
      if (!this.task) return;
      this.task = await ask('readTask', { params: { id: String(this.task.id) } });
    });
  }
}

/** Tasks that were begun on a page and are found there again, as long as the portal is open. */
let known: Record<string, RunningTask> = {};

export function taskOf(what: string): RunningTask {
  return (known[what] ??= new RunningTask());
}

whenForgetting(() => (known = {}));
