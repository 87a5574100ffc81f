import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { findClassification, type NameOrId } from '../tickets/find-category.ts';
import { articleNotFound, type Audience } from './article.ts';

export interface NewArticle {
  title: string;
  /** Markdown */
  body: string;
  /** name or id */
  category?: NameOrId | null | undefined;
  audience: Audience;
  /** The ticket that it was drafted from. */
  ticketId?: number;
}

/** Writes an article that nobody but staff sees until it is published; gives its id. */
export async function writeArticle(tx: Transaction, actorId: number, given: NewArticle): Promise<number> {
  const { title, body, category, audience, ticketId = null } = given;
  const { categoryId } = await findClassification(tx, { category: category ?? undefined });
  const [row] = await tx.em.execute<{ id: string }[]>(
    `insert into article (category_id, audience, ticket_id, created_at, updated_at) values (?, ?, ?, ?, ?) returning id`,
    [categoryId, audience, ticketId, tx.now, tx.now],
  );
  const id = Number(row?.id);
  await addText(tx, { id, number: 1, title, body, actorId });
  tx.audit({ action: 'article.written', actorId, data: { article: id } });
  return id;
}

export type ArticleChanges = { [K in 'title' | 'body' | 'category' | 'audience']?: NewArticle[K] | undefined };

/** Changes what was given; other words are a new version, seen by staff only until it is published. 409 when it has changed since `version`. */
export async function changeArticle(
  tx: Transaction,
  { id, actorId, version }: ArticleChange,
  { title, body, category, audience }: ArticleChanges,
): Promise<void> {
  const before = await lockArticle(tx, { id, version });
  const words = { title: title ?? before.title, body: body ?? before.body };
  const reworded = words.title !== before.title || words.body !== before.body;
  const changed = [reworded && 'text', category !== undefined && 'category', audience !== undefined && 'audience'];
  if (reworded) await addText(tx, { id, number: before.newest + 1, ...words, actorId });
  const { categoryId } = await findClassification(tx, { category: category ?? undefined });
  await tx.em.execute(
    `update article set category_id = case when ? then ?::bigint else category_id end, audience = coalesce(?, audience),
        newest = newest + ?, version = version + 1, updated_at = ? where id = ?`,
    [category !== undefined, categoryId, audience ?? null, reworded ? 1 : 0, tx.now, id],
  );
  tx.audit({ action: 'article.changed', actorId, data: { article: id, changed: changed.filter(Boolean).join() } });
}

export interface ArticleChange {
  id: number;
  actorId: number;
  /** As whoever changes it read it. */
  version: number;
}

/** Shows the newest words to whom the article is for; or, taken back, to staff only. */
export async function publishArticle(
  tx: Transaction,
  { id, actorId, version }: ArticleChange,
  published: boolean,
): Promise<void> {
  await lockArticle(tx, { id, version });
  await tx.em.execute(
    'update article set published = case when ? then newest end, version = version + 1, updated_at = ? where id = ?',
    [published, tx.now, id],
  );
  tx.audit({ action: published ? 'article.published' : 'article.taken_back', actorId, data: { article: id } });
}

/** With its versions and what people said of it. */
export async function deleteArticle(tx: Transaction, id: number, actorId: number): Promise<void> {
  const [gone] = await tx.em.execute<unknown[]>('delete from article where id = ? returning id', [id]);
  if (!gone) throw articleNotFound();
  tx.audit({ action: 'article.deleted', actorId, data: { article: id } });
}

async function lockArticle({ em }: Transaction, { id, version }: { id: number; version: number }) {
  const [row] = await em.execute<{ newest: number; version: number; title: string; body: string }[]>(
    `select a.newest, a.version, v.title, v.body from article a join article_text v on v.article_id = a.id and v.number = a.newest
      where a.id = ? for no key update of a`,
    [id],
  );
  if (!row) throw articleNotFound();
  if (row.version !== version) throw new AppError('version_conflict', 'The article has changed since you read it');
  return row;
}

interface NewText {
  id: number;
  number: number;
  title: string;
  body: string;
  actorId: number;
}

async function addText({ em, now }: Transaction, { id, number, title, body, actorId }: NewText): Promise<void> {
  await em.execute(
    'insert into article_text (article_id, number, title, body, author_id, created_at) values (?, ?, ?, ?, ?, ?)',
    [id, number, title, body, actorId, now],
  );
}
