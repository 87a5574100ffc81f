import type { Transaction } from '../db/transaction.ts';
import type { Person } from '../people/employee.ts';
import { articleNotFound, articlesOf } from './article.ts';

/** Says whether an article helped. A person has one voice: another answer replaces the first. */
export async function voteOnArticle(
  tx: Transaction,
  voter: Person,
  { id, helped }: { id: number; helped: boolean },
): Promise<void> {
  const [row] = await tx.em.execute<unknown[]>(
    `insert into article_vote (article_id, employee_id, helped, created_at)
      select a.id, ?, ?, ? from ${articlesOf(voter)} where a.id = ?
      on conflict (article_id, employee_id) do update set helped = excluded.helped, created_at = excluded.created_at returning helped`,
    [voter.id, helped, tx.now, id],
  );
  if (!row) throw articleNotFound();
}
