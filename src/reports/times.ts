import type { EntityManager } from '@mikro-orm/postgresql';
import { ANSWERS } from '../tickets/filter-tickets.ts';
import { GROUPINGS, labelOf, type By } from './grouping.ts';
import { valuesOf, type Asked, type ReportKind, type ReportRow } from './report.ts';

/** Counts, and seconds. */
const COLUMNS = [
  'answered',
  'first_answer_median',
  'first_answer_p90',
  'resolved',
  'resolution_median',
  'resolution_p90',
] as const;

/** For tickets submitted in the range: how long until the first public words of somebody of staff, and until they were resolved. */
export function timesBy(by: Exclude<By, 'day'>): ReportKind {
  return {
    ...{ columns: COLUMNS, added: ['answered', 'resolved'], compared: true },
    rows: (em, asked) => measure(em, asked, by),
  };
}

const share = (part: number, of: string) =>
  `percentile_cont(${part}) within group (order by extract(epoch from ${of} - submitted_at)) filter (where ${of} is not null)`;

async function measure(em: EntityManager, asked: Asked, by: Exclude<By, 'day'>): Promise<ReportRow[]> {
  const { join, list, key } = GROUPINGS[by];
  const group = key(asked);
  const { scope, from, to } = asked;
  const rows = await em.execute<{ key: string | null }[]>(
    `select key, count(answered_at) as answered, count(resolved_at) as resolved,
       ${share(0.5, 'answered_at')} as first_answer_median, ${share(0.9, 'answered_at')} as first_answer_p90,
       ${share(0.5, 'resolved_at')} as resolution_median, ${share(0.9, 'resolved_at')} as resolution_p90
     from (select ${group.sql} as key, t.created_at as submitted_at, t.resolved_at,
         (select min(c.created_at) from ${ANSWERS}) as answered_at
       from ticket t ${join} where t.created_at >= ? and t.created_at < ? and ${scope.sql}) measured
     group by key order by count(*) desc, key`,
    [...group.params, from, to, ...scope.params],
  );
  return rows.map((row) => {
    const behind = { ...list(row.key), created_from: from.toISOString(), created_to: to.toISOString() };
    return {
      key: row.key,
      label: labelOf(row.key),
      values: valuesOf({ ...row }, COLUMNS),
      list: behind,
      lists: { answered: { ...behind, answered: 'true' }, resolved: { ...behind, solved: 'true' } },
    };
  });
}
