import type { EntityManager } from '@mikro-orm/postgresql';
import { and, beyond, keyColumn, orderBy, pageOf, readCursor, type Keyset, type Sql } from '../db/keyset.ts';
import { fieldError } from '../errors.ts';
import type { Employee } from '../people/employee.ts';
import { visibleTickets } from './access.ts';
import { conditionsOf, type TicketFilters } from './filter-tickets.ts';
import { findMatches, isSearchable, searchTickets, type Match } from './search-tickets.ts';
import type { Role, Status } from './lifecycle.ts';
import { ticketNumber, type Channel, type Priority } from './ticket.ts';

interface PersonSummary {
  id: number;
  name: string;
  email: string;
  role: Role;
}

/** One line of a list. */
export interface TicketSummary {
  id: number;
  ticket_number: string;
  subject: string;
  status: Status;
  priority: Priority | null;
  category: string | null;
  sub_category: string | null;
  department: string | null;
  requester: PersonSummary;
  assignee: PersonSummary | null;
  channel: Channel;
  comment_count: number;
  attachment_count: number;
  created_at: string;
  updated_at: string;
}

export type SummaryRow = Omit<TicketSummary, 'id' | 'ticket_number' | 'created_at' | 'updated_at'> & {
  id: string;
  number: string;
  created_at: string | Date;
  updated_at: string | Date;
};

/** A person of a row, on the alias of `employee`. */
export const person = (alias: string) =>
  `json_build_object('id', ${alias}.id, 'name', coalesce(nullif(trim(${alias}.first_name || ' ' || ${alias}.last_name), ''), ${alias}.email),
     'email', ${alias}.email, 'role', ${alias}.role)`;

/** The columns of a line and the joins to them, on `t`: everything a line shows in one query. */
export const SUMMARY = {
  columns: `t.id, t.number, t.subject, t.status, t.priority, t.channel, t.comment_count, t.attachment_count, t.created_at, t.updated_at,
    c.name as category, s.name as sub_category, d.name as department, ${person('r')} as requester,
    case when a.id is null then null else ${person('a')} end as assignee`,
  joins: `join employee r on r.id = t.requester_id left join employee a on a.id = t.assignee_id
    left join category c on c.id = t.category_id left join category s on s.id = t.sub_category_id
    left join department d on d.id = t.department_id`,
} as const;

export interface ListTickets extends TicketFilters {
  /** Full text; see `searchTickets`. */
  q?: string | undefined;
  sort?: Sort | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
}

export interface TicketPage {
  count: number;
  countCapped: boolean;
  /** Nothing is just as `q` says; these look like it. */
  similar: boolean;
  /** Cursors of the neighbouring pages. */
  next: string | null;
  previous: string | null;
  results: (TicketSummary & { match: Match | null })[];
}

/** Counting stops here: an exact count of a large table costs more than the page (and nobody reads it). */
const COUNT_CAP = 1000;

export type Sort = 'newest' | 'oldest' | 'updated';

const SORTS: Record<Sort, Keyset> = {
  newest: { time: 't.created_at', id: 't.id' },
  oldest: { time: 't.created_at', id: 't.id', ascending: true },
  updated: { time: 't.updated_at', id: 't.id' },
};

/**
 * A page of the tickets a reader may see, newest submission first unless asked; keyset pages, so that a deep page costs as little as the first.
 * 400 when `q` has no word in it.
 */
export async function listTickets(
  em: EntityManager,
  reader: Employee,
  asked: ListTickets,
  now: Date,
): Promise<TicketPage> {
  const { limit = 50, q } = asked;
  if (q !== undefined && !isSearchable(q)) throw fieldError('q', 'needs a word to look for');
  const hits = q === undefined ? null : await searchTickets(em, reader, q, now);
  const scope = and(
    visibleTickets(reader),
    hits && { sql: `t.id = any(?::bigint[])`, params: [`{${hits.ids.join(',')}}`] },
    ...conditionsOf(reader, asked, now),
  );
  const keyset = SORTS[asked.sort ?? 'newest'];
  const cursor = readCursor(asked.cursor);
  const page = and(scope, beyond(keyset, cursor));
  const rows = await em.execute<(SummaryRow & { key: string })[]>(
    // The page first: what its lines show would else be put together for every ticket of the view.
    `with page as materialized (select t.* from ticket t where ${page.sql} order by ${orderBy(keyset, cursor)} limit ${limit + 1})
     select ${SUMMARY.columns}, ${keyColumn(keyset)} from page t ${SUMMARY.joins} order by ${orderBy(keyset, cursor)}`,
    page.params,
  );
  const { shown, next, previous } = pageOf(rows, limit, cursor);
  const count = await countUpTo(em, scope);
  const results = shown.map(summaryOf);
  const ids = results.map(({ id }) => id);
  const matches = q === undefined || hits?.similar ? null : await findMatches(em, reader, q, { ids, now });
  return {
    ...{ count: Math.min(count, COUNT_CAP), countCapped: count > COUNT_CAP || (hits?.capped ?? false) },
    ...{ similar: hits?.similar ?? false, next, previous },
    results: results.map((result) => ({ ...result, match: matches?.get(result.id) ?? null })),
  };
}

async function countUpTo(em: EntityManager, { sql, params }: Sql): Promise<number> {
  const [row] = await em.execute<{ n: string }[]>(
    `select count(*) as n from (select 1 from ticket t where ${sql} limit ${COUNT_CAP + 1}) counted`,
    params,
  );
  return Number(row?.n ?? 0);
}

export function summaryOf({ number, ...row }: SummaryRow): TicketSummary {
  const { id, created_at, updated_at, subject, status, priority, category, sub_category, department } = row;
  const { requester, assignee, channel, comment_count, attachment_count } = row;
  return {
    ...{ id: Number(id), ticket_number: ticketNumber(Number(number)), subject, status, priority },
    ...{ category, sub_category, department, requester, assignee, channel, comment_count, attachment_count },
    created_at: new Date(created_at).toISOString(),
    updated_at: new Date(updated_at).toISOString(),
  };
}
