import type { EntityManager } from '@mikro-orm/postgresql';
import { GROUPINGS, labelOf, type By } from './grouping.ts';
import { valuesOf, type Asked, type ReportKind, type ReportRow } from './report.ts';

const COLUMNS = ['submitted', 'resolved'] as const;

/** Tickets submitted in the range, and how many of them are resolved or closed by now. */
export function volumeBy(by: By): ReportKind {
  return { columns: COLUMNS, added: COLUMNS, compared: true, rows: (em, asked) => count(em, asked, by) };
}

interface Row {
  key: string | null;
  starts: Date | string | null;
  ends: Date | string | null;
}

async function count(em: EntityManager, asked: Asked, by: By): Promise<ReportRow[]> {
  const { join, list, key } = GROUPINGS[by];
  const group = key(asked);
  const { scope, from, to, timeZone } = asked;
  // A day begins and ends by the clocks of the desk's zone: it may have 23 or 25 hours.
  const day = (after: string) =>
    by === 'day' ? `(key::date ${after})::timestamp at time zone ?` : 'null::timestamptz';
  const rows = await em.execute<Row[]>(
    `select key, submitted, resolved, ${day('')} as starts, ${day('+ 1')} as ends from (
       select ${group.sql} as key, count(*) as submitted, count(*) filter (where t.status in ('resolved', 'closed')) as resolved
         from ticket t ${join} where t.created_at >= ? and t.created_at < ? and ${scope.sql} group by 1) counted
       order by ${by === 'day' ? 'key' : 'submitted desc, key'}`,
    [...(by === 'day' ? [timeZone, timeZone] : []), ...group.params, from, to, ...scope.params],
  );
  return rows.map((row) => {
    const starts = row.starts === null ? from : later(new Date(row.starts), from);
    const ends = row.ends === null ? to : earlier(new Date(row.ends), to);
    const behind = { ...list(row.key), created_from: starts.toISOString(), created_to: ends.toISOString() };
    return {
      key: row.key,
      label: labelOf(row.key),
      values: valuesOf({ ...row }, COLUMNS),
      list: behind,
      lists: { resolved: { ...behind, solved: 'true' } },
    };
  });
}

const later = (a: Date, b: Date) => (a > b ? a : b);
const earlier = (a: Date, b: Date) => (a < b ? a : b);
