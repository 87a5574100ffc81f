import type { Transaction } from '../../db/transaction.ts';
import { normalizeAddress } from '../addresses.ts';
import { findMailboxId } from '../find-mailbox.ts';
import { Mailbox } from '../mailbox.ts';

/** The mailbox that takes pushed mail, by its id, its address or an alias; null: there is none, or its mail comes another way. */
export async function findPushMailbox(tx: Transaction, name: string): Promise<Mailbox | null> {
  const id = /^[1-9]\d{0,14}$/.test(name) ? Number(name) : await findMailboxId(tx, normalizeAddress(name));
  return id === null ? null : tx.em.findOne(Mailbox, { id, source: 'http' });
}
