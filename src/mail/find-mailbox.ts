import type { Transaction } from '../db/transaction.ts';
import { Mailbox } from './mailbox.ts';

/** The mailbox with this address, without its plus part; null: none of ours. */
export async function findMailboxId({ em }: Transaction, address: string): Promise<number | null> {
  return (await em.findOne(Mailbox, { address }, { fields: ['id'] }))?.id ?? null;
}
