import type { EntityManager } from '@mikro-orm/postgresql';
import { NOT_OVER } from '../tickets/filter-tickets.ts';
import { valuesOf, type Asked, type ReportKind, type ReportRow } from './report.ts';

const COLUMNS = ['open_now', 'resolved', 'answers', 'notes'] as const;

/** For each member of staff with anything to show: what they have now, and what they resolved and wrote in the range. */
export const workload: ReportKind = { columns: COLUMNS, added: COLUMNS, compared: true, rows: count };

async function count(em: EntityManager, { scope, from, to }: Asked): Promise<ReportRow[]> {
  const rows = await em.execute<{ key: string; label: string }[]>(
    `with has as (select t.assignee_id as id, count(*) as n from ticket t
         where t.assignee_id is not null and t.status in ${NOT_OVER} and ${scope.sql} group by 1),
       resolved as (select e.actor_id as id, count(*) as n from ticket_event e join ticket t on t.id = e.ticket_id
         where e.type = 'status_changed' and e.data ->> 'to' = 'resolved' and e.created_at >= ? and e.created_at < ? and ${scope.sql} group by 1),
       wrote as (select c.author_id as id, count(*) filter (where c.visibility = 'public') as answers, count(*) filter (where c.visibility = 'internal') as notes
         from comment c join ticket t on t.id = c.ticket_id
         where c.author_id <> t.requester_id and c.created_at >= ? and c.created_at < ? and ${scope.sql} group by 1)
     select p.id as key, coalesce(nullif(trim(p.first_name || ' ' || p.last_name), ''), p.email) as label, coalesce(has.n, 0) as open_now,
         coalesce(resolved.n, 0) as resolved, coalesce(wrote.answers, 0) as answers, coalesce(wrote.notes, 0) as notes
       from employee p left join has on has.id = p.id left join resolved on resolved.id = p.id left join wrote on wrote.id = p.id
      where p.role in ('coordinator', 'admin') and coalesce(has.n, resolved.n, wrote.answers, wrote.notes) is not null
      order by open_now desc, label, p.id`,
    [...scope.params, from, to, ...scope.params, from, to, ...scope.params],
  );
  return rows.map(({ key, label, ...row }) => {
    const by = { done_by: String(key), done_from: from.toISOString(), done_to: to.toISOString() };
    return {
      ...{ key: String(key), label, values: valuesOf(row, COLUMNS), list: { assignee: String(key), view: 'open' } },
      lists: {
        resolved: { ...by, done: 'resolved' },
        answers: { ...by, done: 'answered' },
        notes: { ...by, done: 'noted' },
      },
    };
  });
}
