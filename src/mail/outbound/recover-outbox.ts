import type { Transaction } from '../../db/transaction.ts';

/** So many at once; the next turn takes the others. */
const MOST = 5000;

/**
 * Wakes what is due in the outbox: rows whose time has come and rows whose sender went away in the middle. The table is the truth, jobs are
 * hints: a second job for the same row finds it taken. Returns their ids.
 */
export async function recoverOutbox({ em, now, wake }: Transaction): Promise<number[]> {
  const rows = await em.execute<{ id: string }[]>(
    `select id from outbound_message
      where state in ('pending', 'sending', 'ambiguous') and send_after <= ? and (lease_until is null or lease_until < ?)
      order by send_after limit ${MOST}`,
    [now, now],
  );
  const ids = rows.map(({ id }) => Number(id));
  for (const id of ids) wake('send-messages', id);
  return ids;
}
