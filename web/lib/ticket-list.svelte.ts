/* eslint svelte/prefer-svelte-reactivity: off -- the sets are replaced, never changed; nobody watches the map */
import type { Output, Problem } from '#contract/client.ts';
import { whenForgetting } from './forget.ts';
import { noteCount } from './desk-counts.svelte.ts';
import { cursorOf, freshen, joined } from './fresh-rows.ts';
import { watch } from './live.svelte.ts';
import { whileVisible } from './poll.svelte.ts';
import { problemOf } from './problem-words.ts';
import { pathTo, type View } from './routes.ts';
import { ask } from './session.svelte.ts';
import { Selection } from './selection.svelte.ts';
import type { TicketSummary } from './statuses.ts';
import { sameAsked, type Asked } from './ticket-query.ts';

const PAGE = 50;

/** A list of tickets that grows downwards on wish and never moves by itself. */
export class TicketList {
  rows = $state.raw<TicketSummary[]>([]);
  waiting = $state.raw<TicketSummary[]>([]);
  gone = $state.raw<ReadonlySet<number>>(new Set());
  count = $state.raw({ n: 0, capped: false });
  next = $state.raw<string | null>(null);
  loaded = $state(false);
  busy = $state(false);
  problem = $state.raw<Problem | null>(null);
  /** Where the reader was: the row and the scroll position. */
  at = $state.raw<number | null>(null);
  scroll = 0;
  /** Nothing is just as the search says; these look like it. */
  similar = $state(false);
  readonly selection = new Selection();
  /** What the list is narrowed to, and its order. */
  asked = $state.raw<Asked>({});
  readonly #view: View | undefined;

  constructor(view?: View) {
    this.#view = view;
  }

  get #query(): Asked & { view?: View } {
    return { ...(this.#view && { view: this.#view }), ...this.asked };
  }

  /** Reads it now, and keeps it fresh while the page is visible. For an effect: returns how to stop. */
  keepFresh(): () => void {
    const asked = this.asked;
    void this.refresh();
    const live = watch('listTickets', { query: { ...this.#query, limit: String(PAGE) } }, (page) => {
      if (asked === this.asked) this.#take(page);
    });
    return whileVisible(5, async () => (this.problem ? undefined : this.refresh()), live);
  }

  /** Another search, filter or order: it begins anew, and whoever keeps it fresh reads it. */
  ask(asked: Asked): void {
    if (sameAsked(asked, this.asked)) return;
    this.asked = asked;
    [this.loaded, this.problem, this.at, this.scroll] = [false, null, null, 0];
    [this.waiting, this.gone] = [[], new Set()];
    this.selection.clear();
  }

  /** Reads the first page, or looks what has changed when there is one. Seconds to wait when the desk says so. */
  async refresh(): Promise<number | void> {
    const asked = this.asked;
    try {
      const page = await ask('listTickets', { query: { ...this.#query, limit: String(PAGE) } });
      if (asked === this.asked) this.#take(page); // else something else was asked for meanwhile
    } catch (error) {
      return this.#fail(error);
    }
  }

  /** Reads the next page. */
  async more(): Promise<void> {
    if (this.next === null || this.busy) return;
    this.busy = true;
    try {
      const page = await ask('listTickets', { query: { ...this.#query, limit: String(PAGE), cursor: this.next } });
      this.rows = [...this.rows, ...page.results.filter(({ id }) => !this.rows.some((row) => row.id === id))];
      this.next = cursorOf(page.next);
    } catch (error) {
      this.#fail(error);
      throw error;
    } finally {
      this.busy = false;
    }
  }

  /** Shows what has come since, and lets go of what has left. */
  settle(): void {
    this.rows = joined(this.waiting, this.rows).filter((row) => !this.gone.has(row.id));
    this.waiting = [];
    this.gone = new Set();
    this.selection.keep(this.rows);
  }

  #take(page: Output<'listTickets'>): void {
    this.count = { n: page.count, capped: page.count_capped };
    if (this.#view && Object.keys(this.asked).length === 0)
      noteCount(this.#view, { n: page.count, more: page.count_capped });
    this.problem = null;
    this.similar = page.similar;
    if (this.loaded) this.#compare(page.results, page.next !== null);
    else [this.rows, this.next, this.loaded] = [page.results, cursorOf(page.next), true];
  }

  #compare(firstPage: TicketSummary[], hasMore: boolean): void {
    // Found by words, or in another order, a row has no place that could be foretold: it only changes where it is.
    if (this.asked.q || (this.asked.sort ?? 'newest') !== 'newest') {
      const fresh = new Map(firstPage.map((row) => [row.id, row]));
      this.rows = this.rows.map((row) => fresh.get(row.id) ?? row);
      return;
    }
    const { rows, waiting, gone } = freshen(this.rows, firstPage, hasMore);
    this.rows = rows;
    this.waiting = waiting;
    this.gone = new Set(gone);
    // An empty screen has nothing that could move under the pointer.
    if (rows.every((row) => this.gone.has(row.id))) this.settle();
  }

  #fail(error: unknown): number | undefined {
    const problem = problemOf(error);
    if (!this.loaded && problem.status !== 401) this.problem = problem;
    return problem.retryAfter ?? undefined;
  }
}

const lists = new Map<View | 'own', TicketList>();
let lastView: View = 'open';

/** The list of a view; the same one each time, so that going back finds it as it was. */
export function listOf(view: View | 'own'): TicketList {
  if (view !== 'own') lastView = view;
  const known = lists.get(view) ?? new TicketList(view === 'own' ? undefined : view);
  lists.set(view, known);
  return known;
}

/** The view that was open last, for the way back from a ticket. */
export const viewBefore = (): View => lastView;
/** The address of that view as it was narrowed. */
export const pathBefore = (): string => pathTo.list(lastView, listOf(lastView).asked);

whenForgetting(() => lists.clear());
