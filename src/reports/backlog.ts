import type { EntityManager } from '@mikro-orm/postgresql';
import { NOT_OVER } from '../tickets/filter-tickets.ts';
import { valuesOf, type Asked, type ReportKind, type ReportRow } from './report.ts';

const DAY = 24 * 3600 * 1000;
/** How old a ticket is, in days: from, and below. */
const AGES = [
  ['under_1_day', 0, 1],
  ['1_to_3_days', 1, 3],
  ['3_to_7_days', 3, 7],
  ['7_to_30_days', 7, 30],
  ['over_30_days', 30, null],
] as const;
const COLUMNS = [...AGES.map(([name]) => name), 'all'] as const;

/** What is not over now, by status and by how long ago it was submitted. A row's list has all ages. */
export const backlog: ReportKind = { columns: COLUMNS, added: COLUMNS, compared: false, rows: count };

async function count(em: EntityManager, { scope, now }: Asked): Promise<ReportRow[]> {
  const before = (days: number) => new Date(now.getTime() - days * DAY);
  const ages = AGES.map(([name, from, below]) => {
    const older = below === null ? '' : ` and t.created_at > ?`;
    return {
      sql: `count(*) filter (where t.created_at <= ?${older}) as "${name}"`,
      params: [before(from), ...(below === null ? [] : [before(below)])],
    };
  });
  const rows = await em.execute<{ key: string }[]>(
    `select t.status as key, ${ages.map(({ sql }) => sql).join(', ')}, count(*) as "all"
       from ticket t where t.status in ${NOT_OVER} and ${scope.sql} group by t.status order by "all" desc, key`,
    [...ages.flatMap(({ params }) => params), ...scope.params],
  );
  return rows.map((row) => ({
    ...{ key: row.key, label: row.key, values: valuesOf({ ...row }, COLUMNS), list: { status: row.key } },
    lists: {},
  }));
}
