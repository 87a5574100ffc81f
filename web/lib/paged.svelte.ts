import type { Problem } from '#contract/client.ts';
import { cursorOf } from './fresh-rows.ts';
import { problemOf } from './problem-words.ts';

interface Page {
  results: { id: number }[];
  next: string | null;
}

/** A list of the desk that is read page by page and anew when what it is asked for changes. Late answers of earlier reads are dropped. */
export class Paged<P extends Page> {
  rows = $state.raw<P['results']>([]);
  next = $state.raw<string | null>(null);
  /** The first page as it came, with what it says beside its rows. */
  first = $state.raw<P | null>(null);
  busy = $state(false);
  problem = $state.raw<Problem | null>(null);
  #read: (cursor: string | undefined) => Promise<P>;
  #turn = 0;

  constructor(read: (cursor: string | undefined) => Promise<P>) {
    this.#read = read;
  }

  get loaded(): boolean {
    return this.first !== null;
  }

  /** Reads the first page anew. Rows on screen stay when that fails. */
  async load(): Promise<number | void> {
    const turn = ++this.#turn;
    try {
      const page = await this.#read(undefined);
      if (turn !== this.#turn) return;
      [this.first, this.rows, this.next, this.problem] = [page, page.results, cursorOf(page.next), null];
    } catch (error) {
      const problem = problemOf(error);
      if (turn !== this.#turn || problem.status === 401) return;
      if (!this.loaded || problem.status === 403) this.problem = problem;
      return problem.retryAfter ?? undefined;
    }
  }

  /** Reads the next page. Throws ApiError. */
  async more(): Promise<void> {
    if (this.next === null || this.busy) return;
    const turn = this.#turn;
    this.busy = true;
    try {
      const page = await this.#read(this.next);
      if (turn !== this.#turn) return;
      this.rows = [...this.rows, ...page.results.filter(({ id }) => !this.rows.some((row) => row.id === id))];
      this.next = cursorOf(page.next);
    } finally {
      this.busy = false;
    }
  }

  /** Puts a row as it is now in the place of the one before. */
  put(row: P['results'][number]): void {
    this.rows = this.rows.map((one) => (one.id === row.id ? row : one));
  }

  /** Looks for changes without losing pages that were read: only while the first page is all there is on screen. */
  async look(): Promise<number | void> {
    if (this.first && this.rows.length > this.first.results.length) return;
    return this.load();
  }
}
