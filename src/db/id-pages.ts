import { fieldError } from '../errors.ts';
import type { Sql } from './keyset.ts';

/** Where a page begins: behind or before the row of an id. */
export interface IdCursor {
  direction: 'after' | 'before';
  id: number;
}

/** Reads a cursor that `idPageOf` made; nothing is the first page. 400 for anything else. */
export function readIdCursor(text: string | undefined): IdCursor | null {
  if (text === undefined) return null;
  const [, direction, id] = /^(after|before)_(\d{1,15})$/.exec(text) ?? [];
  if (!direction) throw fieldError('cursor', 'is not one that this list gave');
  return { direction: direction as IdCursor['direction'], id: Number(id) };
}

/** The rows of the page, newest first, as a condition on a column. */
export function beyondId(column: string, cursor: IdCursor | null): Sql | null {
  return cursor && { sql: `${column} ${cursor.direction === 'after' ? '<' : '>'} ?`, params: [cursor.id] };
}

/** Sorts as the page is read: one that is gone back to is read from its end. */
export function byId(column: string, cursor: IdCursor | null): string {
  return `${column} ${cursor?.direction === 'before' ? 'asc' : 'desc'}`;
}

/** What is shown of the `limit + 1` rows that were read, and the cursors of the neighbouring pages. */
export function idPageOf<Row extends { id: string }>(
  rows: readonly Row[],
  limit: number,
  cursor: IdCursor | null,
): { shown: Row[]; next: string | null; previous: string | null } {
  const backwards = cursor?.direction === 'before';
  const more = rows.length > limit;
  const shown = rows.slice(0, limit);
  if (backwards) shown.reverse();
  const [first, last] = [shown[0], shown.at(-1)];
  return {
    shown,
    next: last && (backwards || more) ? `after_${last.id}` : null,
    previous: first && cursor && (!backwards || more) ? `before_${first.id}` : null,
  };
}
