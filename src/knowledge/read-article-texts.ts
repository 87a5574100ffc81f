import type { Transaction } from '../db/transaction.ts';
import { displayName } from '../people/employee.ts';
import { articleNotFound } from './article.ts';

/** Words that an article has, or had. */
export interface ArticleText {
  number: number;
  title: string;
  body: string;
  author: string;
  created_at: string;
  published: boolean;
}

interface Row extends Omit<ArticleText, 'author'> {
  firstName: string;
  lastName: string;
  email: string;
}

/** The newest hundred versions of an article, newest first. */
export async function readArticleTexts({ em }: Transaction, id: number): Promise<ArticleText[]> {
  const rows = await em.execute<Row[]>(
    `select v.number, v.title, v.body, v.created_at, coalesce(v.number = a.published, false) as published,
        e.first_name as "firstName", e.last_name as "lastName", e.email
       from article a join article_text v on v.article_id = a.id join employee e on e.id = v.author_id
      where a.id = ? order by v.number desc limit 100`,
    [id],
  );
  if (rows.length === 0) throw articleNotFound();
  return rows.map(({ number, title, body, created_at, published, ...author }) => ({
    ...{ number, title, body, published },
    author: displayName(author),
    created_at: new Date(created_at).toISOString(),
  }));
}
