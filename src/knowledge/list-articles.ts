import type { EntityManager } from '@mikro-orm/postgresql';
import { and, type Sql } from '../db/keyset.ts';
import { beyondId, byId, idPageOf, readIdCursor } from '../db/id-pages.ts';
import type { Person } from '../people/employee.ts';
import { excerptOf, marked, queryOf, type Excerpt } from '../tickets/search-tickets.ts';
import { queryOfQuestion } from './question-words.ts';
import { articlesOf, SUMMARY, summaryOf, type ArticleSummary, type SummaryRow } from './article.ts';

export interface ListArticles {
  q?: string | undefined;
  /** name of a category */
  category?: string | undefined;
  state?: 'draft' | 'published' | 'changed' | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
}

/** `excerpt`: where the words stand that were looked for; null when nothing was looked for. */
export type Found = ArticleSummary & { excerpt: Excerpt | null };
type Row = SummaryRow & { excerpt?: string };

/** Found articles at most: they come in the order of how well they fit, and nobody reads further. */
const MOST_FOUND = 50;

/** Marks of Markdown say nothing in a line. */
const EXCERPT = marked("translate(left(v.body, 50000), '*#`|>', '')", 'MaxWords=30, MinWords=12');

/** A page of the articles that a person may read, newest first; with words those that have all of them, best first. */
export async function listArticles(
  em: EntityManager,
  reader: Person,
  asked: ListArticles,
): Promise<{ found: Found[]; next: string | null }> {
  const { q, limit = 50, cursor } = asked;
  if (q !== undefined)
    return {
      found: await search(em, reader, { query: queryOf(q), filter: filterOf(asked), most: MOST_FOUND }),
      next: null,
    };
  const from = readIdCursor(cursor);
  const { sql, params } = and(filterOf(asked), beyondId('a.id', from));
  const rows = await em.execute<Row[]>(
    `select ${SUMMARY} from ${articlesOf(reader)} where ${sql} order by ${byId('a.id', from)} limit ?`,
    [...params, limit + 1],
  );
  const { shown, next } = idPageOf(rows, limit, from);
  return { found: shown.map((row) => ({ ...summaryOf(row), excerpt: null })), next };
}

/** Published articles that may answer what somebody is about to ask: any of the words will do, those with more of them first. */
export async function suggestArticles(em: EntityManager, reader: Person, text: string, most = 5): Promise<Found[]> {
  const query = await queryOfQuestion(em, text);
  return search(em, reader, { query, filter: { sql: 'a.published = v.number', params: [] }, most });
}

interface Search {
  /** As to_tsquery reads it. */
  query: string;
  filter: Sql;
  most: number;
}

async function search(em: EntityManager, reader: Person, { query, filter, most }: Search): Promise<Found[]> {
  if (query === '') return [];
  const rows = await em.execute<Row[]>(
    `select ${SUMMARY}, ${EXCERPT} as excerpt from ${articlesOf(reader)}
      where v.search @@ to_tsquery('public.desk', ?) and ${filter.sql}
      order by ts_rank_cd(v.search, to_tsquery('public.desk', ?)) desc, a.id desc limit ?`,
    [query, query, ...filter.params, query, most],
  );
  return rows.map((row) => ({ ...summaryOf(row), excerpt: excerptOf(row.excerpt ?? '') }));
}

const STATES = {
  draft: 'a.published is null',
  published: 'a.published = a.newest',
  changed: 'a.published < a.newest',
} as const;

function filterOf({ category, state }: ListArticles): Sql {
  return and(
    category === undefined
      ? null
      : {
          sql: 'a.category_id = (select id from category where parent_id is null and lower(name) = lower(?))',
          params: [category],
        },
    state ? { sql: STATES[state], params: [] } : null,
  );
}
