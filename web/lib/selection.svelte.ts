/* eslint svelte/prefer-svelte-reactivity: off -- the set is replaced, never changed */
/** Which rows of a list are selected. */
export class Selection {
  ids = $state.raw<ReadonlySet<number>>(new Set());
  #last: number | null = null;

  get size(): number {
    return this.ids.size;
  }

  has(id: number): boolean {
    return this.ids.has(id);
  }

  turn(id: number): void {
    const ids = new Set(this.ids);
    if (!ids.delete(id)) ids.add(id);
    this.ids = ids;
    this.#last = id;
  }

  /** Selects from the one that was turned last up to this one. */
  reach(id: number, rows: readonly { id: number }[]): void {
    const [one, other] = [this.#last ?? id, id].map((wanted) => rows.findIndex((row) => row.id === wanted));
    if (one === undefined || other === undefined || one < 0 || other < 0) return this.turn(id);
    const between = rows.slice(Math.min(one, other), Math.max(one, other) + 1);
    this.ids = new Set([...this.ids, ...between.map((row) => row.id)]);
    this.#last = id;
  }

  clear(): void {
    this.ids = new Set();
    this.#last = null;
  }

  /** Lets go of rows that are no longer there. */
  keep(rows: readonly { id: number }[]): void {
    const there = new Set(rows.map((row) => row.id));
    const kept = [...this.ids].filter((id) => there.has(id));
    if (kept.length !== this.ids.size) this.ids = new Set(kept);
  }
}
