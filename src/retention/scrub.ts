import type { Sql } from '../db/keyset.ts';

/** What stands where something was erased. */
export const ERASED = '[erased]';

/** Shorter names than this are too often another word. */
const SHORTEST = 3;

/**
 * A text column without the name and the address of somebody, as SQL: whole words only, names in their own case, so that Mark goes and mark
 * stays.
 */
export function scrubbed(column: string, person: { email: string; firstName: string; lastName: string }): Sql {
  const { email, firstName, lastName } = person;
  const full = `${firstName} ${lastName}`.trim();
  const names = [full, firstName, lastName].filter((name) => name.length >= SHORTEST);
  const address = { sql: `regexp_replace(${column}, ?, '${ERASED}', 'gi')`, params: [escaped(email)] };
  if (names.length === 0) return address;
  // `\m` and `\M` are the beginning and the end of a word.
  const pattern = `\\m(?:${names.map(escaped).join('|')})\\M`;
  return { sql: `regexp_replace(${address.sql}, ?, '${ERASED}', 'g')`, params: [...address.params, pattern] };
}

const escaped = (text: string) => text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
