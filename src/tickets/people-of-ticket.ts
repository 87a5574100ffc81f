import { person } from './list-tickets.ts';

/** Who takes part in a ticket, who follows it, and whom mails named, as columns on `t`: oldest first. */
export const PEOPLE = `
  (select json_agg(json_build_object('person', ${person('e')}, 'staff', e.status = 'approved' and e.role <> 'employee') order by p.id)
    from participant p join employee e on e.id = p.employee_id where p.ticket_id = t.id and p.state = 'confirmed') as participants,
  (select json_agg(${person('e')} order by w.created_at, e.id)
    from watcher w join employee e on e.id = w.employee_id where w.ticket_id = t.id and e.status = 'approved' and e.role <> 'employee') as watchers,
  (select json_agg(json_build_object('id', n.id, 'address', n.address, 'name', n.name, 'created_at', n.created_at, 'trust', k.trust,
      'by', case when e.id is null then null else ${person('e')} end) order by n.id)
    from participant_proposal n left join comment k on k.id = n.comment_id left join employee e on e.id = k.author_id
    where n.ticket_id = t.id and n.declined_at is null) as proposals`;
