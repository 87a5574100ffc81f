import { AppError } from '../errors.ts';

/** A condition or column with its parameters. */
export interface Sql {
  sql: string;
  params: unknown[];
}

/** All of them; null says nothing. */
export function and(...conditions: readonly (Sql | null)[]): Sql {
  const given = conditions.filter((condition) => condition !== null);
  if (given.length === 0) return { sql: 'true', params: [] };
  return { sql: given.map(({ sql }) => `(${sql})`).join(' and '), params: given.flatMap(({ params }) => params) };
}

/** Where a page begins: behind or before a row, known by a moment and its id. */
export interface Cursor {
  direction: 'after' | 'before';
  /** UTC to the microsecond, exactly as PostgreSQL prints it. */
  key: string;
  id: number;
}

/** What a page is sorted by, newest first unless said: a timestamptz and an id, as SQL. */
export interface Keyset {
  time: string;
  id: string;
  ascending?: boolean;
}

/** The column `key` that every row of a page must have beside `id`. */
export function keyColumn({ time }: Keyset): string {
  return `to_char(${time} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US') as key`;
}

/** Sorts as the page is read: one that is gone back to is read from its end. */
export function orderBy({ time, id, ascending = false }: Keyset, cursor: Cursor | null): string {
  const order = (cursor?.direction === 'before') !== ascending ? 'asc' : 'desc';
  return `${time} ${order}, ${id} ${order}`;
}

/** The rows of the page, as a condition. */
export function beyond({ time, id, ascending = false }: Keyset, cursor: Cursor | null): Sql | null {
  if (!cursor) return null;
  const sign = (cursor.direction === 'after') !== ascending ? '<' : '>';
  return {
    sql: `(${time}, ${id}) ${sign} (?::timestamp at time zone 'utc', ?::bigint)`,
    params: [cursor.key, cursor.id],
  };
}

/** What is shown of the `limit + 1` rows that were read, and the cursors of the neighbouring pages. */
export function pageOf<Row extends { id: string; key: string }>(
  rows: readonly Row[],
  limit: number,
  cursor: Cursor | null,
): { shown: Row[]; next: string | null; previous: string | null } {
  const backwards = cursor?.direction === 'before';
  const more = rows.length > limit;
  const shown = rows.slice(0, limit);
  if (backwards) shown.reverse();
  return {
    shown,
    next: backwards || more ? cursorOf('after', shown.at(-1)) : null,
    previous: cursor && (!backwards || more) ? cursorOf('before', shown[0]) : null,
  };
}

function cursorOf(direction: Cursor['direction'], row: { id: string; key: string } | undefined): string | null {
  return row ? `${direction}_${row.key}_${row.id}` : null;
}

/** Reads a cursor that `pageOf` made; nothing is the first page. 400 for anything else. */
export function readCursor(text: string | undefined): Cursor | null {
  if (text === undefined) return null;
  const match = /^(after|before)_(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6})_(\d{1,15})$/.exec(text);
  if (!match || !isTime(match[2] ?? ''))
    throw new AppError('validation_failed', 'Field validation failed', { cursor: ['is not one that this list gave'] });
  return { direction: match[1] as Cursor['direction'], key: match[2] ?? '', id: Number(match[3]) };
}

/** A moment that PostgreSQL can read too: no 30 February, no year 0. */
function isTime(key: string): boolean {
  const time = new Date(`${key.slice(0, 23)}Z`);
  return Number.isFinite(time.getTime()) && time.toISOString().startsWith(key.slice(0, 23)) && !key.startsWith('0000');
}
