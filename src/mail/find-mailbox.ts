import type { Transaction } from '../db/transaction.ts';

/** The mailbox with this address, or whose alias it is; without its plus part. null: none of ours. */
export async function findMailbox(
  { em }: Transaction,
  address: string,
): Promise<{ id: number; enabled: boolean } | null> {
  const [found] = await em.execute<{ id: string; enabled: boolean }[]>(
    'select id, enabled from mailbox where address = ? or ? = any(aliases) order by address = ? desc, id limit 1',
    [address, address, address],
  );
  return found ? { id: Number(found.id), enabled: found.enabled } : null;
}

/** Its id, switched off or not. */
export async function findMailboxId(tx: Transaction, address: string): Promise<number | null> {
  return (await findMailbox(tx, address))?.id ?? null;
}
