import type { Sql } from '../db/keyset.ts';
import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { displayName, isStaff, type Person } from '../people/employee.ts';

export const AUDIENCES = ['public', 'staff'] as const;
export type Audience = (typeof AUDIENCES)[number];

/** draft: never published, or taken back. changed: something newer than what is published waits. */
export type ArticleState = 'draft' | 'published' | 'changed';

export interface ArticleSummary {
  id: number;
  title: string;
  category: string | null;
  audience: Audience;
  state: ArticleState;
  /** Number of the words that are shown: they are kept in versions. */
  text: number;
  helped: number;
  not_helped: number;
  updated_at: string;
}

export interface Article extends ArticleSummary {
  /** Markdown of the shown version. */
  body: string;
  published: number | null;
  /** Counts every change; named by the next one. */
  version: number;
  ticket_id: number | null;
  author: string;
  my_vote: boolean | null;
}

/** The words of an article `a` that a person reads: staff the newest, everybody else what is published. */
export function shownText(reader: Pick<Person, 'role' | 'status'>): string {
  return isStaff(reader) ? 'a.newest' : 'a.published';
}

/** The articles that a person may read, as a condition on `a`. */
export function readableArticles(reader: Pick<Person, 'role' | 'status'>): string {
  if (isStaff(reader)) return 'true';
  return reader.status === 'approved' ? `a.audience = 'public' and a.published is not null` : 'false';
}

export const SUMMARY = `a.id, v.title, v.number as text, (select name from category where id = a.category_id) as category, a.audience, a.updated_at,
  case when a.published is null then 'draft' when a.published < a.newest then 'changed' else 'published' end as state,
  (select count(*)::int from article_vote o where o.article_id = a.id and o.helped) as helped,
  (select count(*)::int from article_vote o where o.article_id = a.id and not o.helped) as not_helped`;

/** The articles of a reader with the words that they see. */
export function articlesOf(reader: Pick<Person, 'role' | 'status'>): string {
  return `article a join article_text v on v.article_id = a.id and v.number = ${shownText(reader)} and ${readableArticles(reader)}`;
}

export type SummaryRow = ArticleSummary & { id: string };

export function summaryOf({ id, title, category, audience, state, text, helped, not_helped, updated_at }: SummaryRow) {
  const at = new Date(updated_at).toISOString();
  return { ...{ title, category, audience, state, text, helped, not_helped }, id: Number(id), updated_at: at };
}

type ArticleRow = SummaryRow & {
  body: string;
  published: number | null;
  version: number;
  ticket_id: string | null;
  my_vote: boolean | null;
  author_first: string;
  author_last: string;
  author_email: string;
};

/** An article as a person reads it; 404 when they may not. `ticket` is a condition on the drafted-from ticket `t` that they may see. */
export async function findArticle(
  { em }: Pick<Transaction, 'em'>,
  reader: Person,
  id: number,
  ticket: Sql = { sql: 'false', params: [] },
): Promise<Article> {
  const [row] = await em.execute<ArticleRow[]>(
    `select ${SUMMARY}, v.body, a.published, a.version, e.first_name as author_first, e.last_name as author_last, e.email as author_email,
        (select t.id from ticket t where t.id = a.ticket_id and ${ticket.sql}) as ticket_id,
        (select o.helped from article_vote o where o.article_id = a.id and o.employee_id = ?) as my_vote
       from ${articlesOf(reader)} join employee e on e.id = v.author_id where a.id = ?`,
    [...ticket.params, reader.id, id],
  );
  if (!row) throw articleNotFound();
  const { body, published, version, ticket_id, my_vote } = row;
  const author = { firstName: row.author_first, lastName: row.author_last, email: row.author_email };
  return {
    ...summaryOf(row),
    ...{ body, published, version, my_vote },
    ticket_id: ticket_id === null ? null : Number(ticket_id),
    author: displayName(author),
  };
}

export function articleNotFound(): AppError {
  return new AppError('not_found', 'There is no such article');
}
