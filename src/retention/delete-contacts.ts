import type { Transaction } from '../db/transaction.ts';

/** Forgets people who were known from mail only. Who writes again is somebody new. */
export async function deleteContacts({ em }: Transaction, ids: readonly number[]): Promise<void> {
  await em.execute('delete from outbound_message where recipient_id in (?)', [ids]);
  await em.execute('delete from employee where id in (?)', [ids]);
}
