import type { Problem } from '#contract/client.ts';
import { problemOf } from './problem-words.ts';

/** Something that is read from the desk: its value, or the problem that kept it away. Late answers of earlier reads are dropped. */
export class Loaded<T> {
  value = $state.raw<T | undefined>(undefined);
  problem = $state.raw<Problem | null>(null);
  #read: () => Promise<T>;
  #turn = 0;

  constructor(read: () => Promise<T>) {
    this.#read = read;
  }

  /** Reads it. A value on screen stays when a later read fails, unless it is gone. Seconds to wait when the desk says so. */
  async load(): Promise<number | void> {
    const turn = ++this.#turn;
    try {
      const value = await this.#read();
      if (turn === this.#turn) this.set(value);
    } catch (error) {
      const problem = problemOf(error);
      if (turn !== this.#turn || problem.status === 401) return;
      if ([403, 404].includes(problem.status)) this.value = undefined;
      if (this.value === undefined) this.problem = problem;
      return problem.retryAfter ?? undefined;
    }
  }

  /** Takes a value that came another way; an answer still under way is older than it. */
  set(value: T): void {
    this.#turn += 1;
    this.value = value;
    this.problem = null;
  }
}
