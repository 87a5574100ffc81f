import type { Transaction } from '../db/transaction.ts';
import { normalizeAddress } from './addresses.ts';
import { Mailbox } from './mailbox.ts';

/** Makes the mailbox that the environment describes; where it exists, the environment wins. */
export async function ensureMailbox(
  tx: Transaction,
  given: Pick<Mailbox, 'name' | 'address' | 'source' | 'senderTrust'> & { sourceConfig: Record<string, unknown> },
): Promise<Mailbox> {
  const address = normalizeAddress(given.address);
  await tx.em.execute(
    `insert into mailbox (name, address, source, source_config, sender_trust, created_at) values (?, ?, ?, ?::jsonb, ?, ?)
     on conflict (address) do update set source = excluded.source, source_config = excluded.source_config, sender_trust = excluded.sender_trust`,
    [given.name, address, given.source, JSON.stringify(given.sourceConfig), given.senderTrust, tx.now],
  );
  return tx.em.findOneOrFail(Mailbox, { address });
}
