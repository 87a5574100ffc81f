import type { EntityManager } from '@mikro-orm/postgresql';
import type { Cell } from '../csv.ts';
import { and } from '../db/keyset.ts';
import type { Employee } from '../people/employee.ts';
import { visibleTickets } from '../tickets/access.ts';
import type { Status } from '../tickets/lifecycle.ts';
import { ticketNumber } from '../tickets/ticket.ts';

/** Which tickets: `from` and `to` are moments of their submission, the second not included. */
export interface TicketFilters {
  status?: Status | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

export const TICKET_COLUMNS = [
  ...([
    'ticket_number',
    'subject',
    'status',
    'status_reason',
    'priority',
    'category',
    'sub_category',
    'department',
  ] as const),
  ...(['requester', 'requester_email', 'assignee', 'assignee_email', 'channel', 'comments', 'files'] as const),
  ...(['created_at', 'updated_at', 'resolved_at', 'closed_at'] as const),
];
export type TicketCells = Record<(typeof TICKET_COLUMNS)[number], Cell>;

const name = (alias: string) =>
  `coalesce(nullif(trim(${alias}.first_name || ' ' || ${alias}.last_name), ''), ${alias}.email)`;
/** ISO 8601 in UTC, as everywhere in the API. */
const time = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** The tickets that a reader sees with an id after one and up to another, oldest first: a piece of an export. */
export async function readTicketRows(
  em: EntityManager,
  reader: Employee,
  { status, from, to }: TicketFilters,
  { after, until }: { after: number; until: number },
): Promise<TicketCells[]> {
  const { sql, params } = and(
    { sql: 't.id > ? and t.id <= ?', params: [after, until] },
    visibleTickets(reader),
    status === undefined ? null : { sql: 't.status = ?', params: [status] },
    from === undefined ? null : { sql: 't.created_at >= ?::timestamptz', params: [from] },
    to === undefined ? null : { sql: 't.created_at < ?::timestamptz', params: [to] },
  );
  const rows = await em.execute<(Omit<TicketCells, 'ticket_number'> & { number: string })[]>(
    `select t.number, t.subject, t.status, t.status_reason, t.priority, c.name as category, s.name as sub_category, d.name as department,
        ${name('r')} as requester, r.email as requester_email, case when a.id is not null then ${name('a')} end as assignee, a.email as assignee_email,
        t.channel, t.comment_count as comments, t.attachment_count as files, ${time('t.created_at')} as created_at, ${time('t.updated_at')} as updated_at,
        ${time('t.resolved_at')} as resolved_at, ${time('t.closed_at')} as closed_at
       from ticket t join employee r on r.id = t.requester_id left join employee a on a.id = t.assignee_id left join category c on c.id = t.category_id
       left join category s on s.id = t.sub_category_id left join department d on d.id = t.department_id
      where ${sql} order by t.id`,
    params,
  );
  return rows.map(({ number, ...row }) => ({ ticket_number: ticketNumber(Number(number)), ...row }));
}
