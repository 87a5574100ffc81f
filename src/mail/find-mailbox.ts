import type { Transaction } from '../db/transaction.ts';

/** The mailbox with this address, or whose alias it is; without its plus part. null: none of ours. */
export async function findMailboxId({ em }: Transaction, address: string): Promise<number | null> {
  const [found] = await em.execute<{ id: string }[]>(
    'select id from mailbox where address = ? or ? = any(aliases) order by address = ? desc, id limit 1',
    [address, address, address],
  );
  return found ? Number(found.id) : null;
}
