/** The cursor of the next page, from the link that the API gives to it; null at the end. */
export function cursorOf(link: string | null): string | null {
  return link && new URLSearchParams(link.slice(link.indexOf('?') + 1)).get('cursor');
}

/** A row of a list that is newest first. */
export interface Row {
  id: number;
  created_at: string;
}

/** A list after a look at the desk, with nothing moved: new rows wait, changed ones change in place, lost ones are marked. */
export interface Freshened<R extends Row> {
  rows: R[];
  /** newest first, to be put before the rows when the reader asks */
  waiting: R[];
  /** ids of rows that no longer belong to the list */
  gone: number[];
}

/** Compares the rows on screen with the first page as it is now. Rows below the reach of that page stay as they are. */
export function freshen<R extends Row>(rows: readonly R[], firstPage: readonly R[], hasMore: boolean): Freshened<R> {
  const fresh = new Map(firstPage.map((row) => [row.id, row]));
  const known = new Set(rows.map((row) => row.id));
  const last = firstPage.at(-1);
  const reached = (row: R) => !hasMore || (last !== undefined && !isBefore(row, last));
  return {
    rows: rows.map((row) => fresh.get(row.id) ?? row),
    waiting: firstPage.filter((row) => !known.has(row.id)),
    gone: rows.filter((row) => !fresh.has(row.id) && reached(row)).map((row) => row.id),
  };
}

/** Puts pages together without a row twice, newest first. */
export function joined<R extends Row>(...pages: readonly (readonly R[])[]): R[] {
  const byId = new Map(pages.flat().map((row) => [row.id, row]));
  return [...byId.values()].sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at) || b.id - a.id);
}

function isBefore(a: Row, b: Row): boolean {
  const [left, right] = [Date.parse(a.created_at), Date.parse(b.created_at)];
  return left < right || (left === right && a.id < b.id);
}
