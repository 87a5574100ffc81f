import type { Transaction } from '../db/transaction.ts';

export async function deleteSessions({ em }: Transaction, ids: readonly number[]): Promise<void> {
  await em.execute('delete from session where id in (?)', [ids]);
}

export async function deleteLinks({ em }: Transaction, ids: readonly number[]): Promise<void> {
  await em.execute('delete from account_link where id in (?)', [ids]);
}

export async function deleteAccountMails({ em }: Transaction, ids: readonly number[]): Promise<void> {
  await em.execute('delete from outbound_message where account_notice_id in (?)', [ids]);
  await em.execute('delete from account_notice where id in (?)', [ids]);
}
