import type { EntityManager } from '@mikro-orm/postgresql';
import { NEXT_TRANSITION } from '../tickets/filter-deeds.ts';
import { GROUPINGS, labelOf } from './grouping.ts';
import { valuesOf, type Asked, type ReportKind, type ReportRow } from './report.ts';

const COLUMNS = ['resolutions', 'reopened', 'rate'] as const;

/** Resolutions of the range by category, how many of them were taken back since, and their share (0 to 1). */
export const reopens: ReportKind = {
  ...{ columns: COLUMNS, added: ['resolutions', 'reopened'], compared: true },
  rows: count,
};

async function count(em: EntityManager, { scope, from, to }: Asked): Promise<ReportRow[]> {
  // The next change of status after a resolution says what became of it.
  const rows = await em.execute<{ key: string | null }[]>(
    `select key, count(*) as resolutions, count(*) filter (where next = 'reopen') as reopened,
        (count(*) filter (where next = 'reopen'))::float / count(*) as rate
       from (select g.name as key, ${NEXT_TRANSITION} as next
           from ticket_event e join ticket t on t.id = e.ticket_id ${GROUPINGS.category.join}
          where e.type = 'status_changed' and e.data ->> 'to' = 'resolved' and e.created_at >= ? and e.created_at < ? and ${scope.sql}) resolved
      group by key order by resolutions desc, key`,
    [from, to, ...scope.params],
  );
  const within = { done_from: from.toISOString(), done_to: to.toISOString() };
  return rows.map(({ key, ...row }) => {
    // A ticket that was resolved twice stands in the list once.
    const behind = { ...GROUPINGS.category.list(key), ...within };
    const list = { ...behind, done: 'resolved' };
    const lists = { reopened: { ...behind, done: 'reopened' } };
    return { key, label: labelOf(key), values: valuesOf(row, COLUMNS), list, lists };
  });
}
