import type { Transaction } from '../db/transaction.ts';

/** What a link is asked for by somebody who is not signed in. */
export type RequestedLink = 'reset-password' | 'sign-in';

/**
 * Notes that an address asked for a link. Whose it is, is looked up by a job: the answer and its work are the same for every address, so that
 * nobody learns by it who has an account (T32).
 */
export async function requestLink(tx: Transaction, purpose: RequestedLink, email: string): Promise<void> {
  const [row] = await tx.em.execute<{ id: string }[]>(
    `insert into link_request (purpose, email, created_at) values (?, ?, ?) returning id`,
    [purpose, email.trim().toLowerCase(), tx.now],
  );
  tx.wake('send-links', Number(row?.id));
}
