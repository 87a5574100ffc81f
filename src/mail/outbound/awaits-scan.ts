import type { Transaction } from '../../db/transaction.ts';
import { SCANNED } from '../../tickets/find-attachment.ts';

/** Minutes for which a mail waits until its files are scanned; then it leaves without them, for the ticket has them. */
const PATIENCE = 10;

/** Of these comments, those with public files that are still to be scanned: none where files are not scanned. */
export async function awaitsScan({ em, now }: Transaction, comments: readonly number[]): Promise<ReadonlySet<number>> {
  if (comments.length === 0) return new Set();
  const rows = await em.execute<{ comment_id: string }[]>(
    `select distinct comment_id from attachment where comment_id in (?) and visibility = 'public' and scan = 'unscanned'
        and created_at > ?::timestamptz - make_interval(mins => ${PATIENCE}) and ${SCANNED}`,
    [[...comments], now],
  );
  return new Set(rows.map(({ comment_id: id }) => Number(id)));
}
