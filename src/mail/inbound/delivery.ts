import type { Transaction } from '../../db/transaction.ts';
import type { Mailbox } from '../mailbox.ts';

/** A row of the ledger that is being applied: locked, and still `fetched`. */
export interface Delivery {
  id: number;
  mailbox: Pick<Mailbox, 'id' | 'address' | 'senderTrust'>;
  envelopeTo: string | null;
  quiet: boolean;
  discoveredAt: Date;
}

interface Row {
  id: string;
  mailbox_id: string;
  address: string;
  sender_trust: Mailbox['senderTrust'];
  envelope_to: string | null;
  quiet: boolean;
  discovered_at: string | Date;
}

/** Locks the rows that still wait to be applied; those another worker holds, or that are done, are not ours. */
export async function lockDeliveries({ em }: Transaction, ids: readonly number[]): Promise<Map<number, Delivery>> {
  const rows = await em.execute<Row[]>(
    `select i.id, i.mailbox_id, m.address, m.sender_trust, i.envelope_to, i.quiet, i.discovered_at
       from inbound_message i join mailbox m on m.id = i.mailbox_id
      where i.id in (?) and i.state = 'fetched' order by i.id for update of i skip locked`,
    [[...ids]],
  );
  return new Map(rows.map((row) => [Number(row.id), deliveryOf(row)]));
}

function deliveryOf({ id, mailbox_id, address, sender_trust, envelope_to, quiet, discovered_at }: Row): Delivery {
  const mailbox = { id: Number(mailbox_id), address, senderTrust: sender_trust };
  return { id: Number(id), mailbox, envelopeTo: envelope_to, quiet, discoveredAt: new Date(discovered_at) };
}
