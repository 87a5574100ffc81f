import type { Transaction } from '../../db/transaction.ts';
import type { Blob } from '../../files/blob-store.ts';
import type { Mailbox } from '../mailbox.ts';

/** What applying a message must know of the mailbox it came to. */
export type ReceivingMailbox = Pick<
  Mailbox,
  | 'id'
  | 'address'
  | 'aliases'
  | 'senderTrust'
  | 'senderPolicy'
  | 'senderDomains'
  | 'defaultCategoryId'
  | 'defaultDepartmentId'
>;

/** A row of the ledger that is being applied: locked, and still `fetched`. */
export interface Delivery {
  id: number;
  mailbox: ReceivingMailbox;
  envelopeTo: string | null;
  /** From before the desk was there: it keeps its own date. */
  imported: boolean;
  /** Nobody is notified of what it does. */
  quiet: boolean;
  discoveredAt: Date;
  /** When the mailbox's server took it; null when that is not known. */
  receivedAt: Date | null;
  /** The logical message it is known to be a delivery of: it was judged before. */
  messageId: number | null;
  /** Its bytes as they came. */
  raw: Blob;
  /** The person who said that it becomes a ticket, whatever the rules say. */
  orderedBy: number | null;
}

interface Row {
  id: string;
  mailbox_id: string;
  address: string;
  aliases: string[];
  sender_trust: Mailbox['senderTrust'];
  sender_policy: Mailbox['senderPolicy'];
  sender_domains: string[];
  default_category_id: string | null;
  default_department_id: string | null;
  mailbox_quiet: boolean;
  envelope_to: string | null;
  quiet: boolean;
  discovered_at: string | Date;
  received_at: string | Date | null;
  mail_message_id: string | null;
  ordered_by: string | null;
  raw_sha256: string;
  raw_size: string;
}

/** Locks the rows that still wait to be applied; those another worker holds, or that are done, are not ours. */
export async function lockDeliveries({ em }: Transaction, ids: readonly number[]): Promise<Map<number, Delivery>> {
  const rows = await em.execute<Row[]>(
    `select i.id, i.mailbox_id, m.address, m.aliases, m.sender_trust, m.sender_policy, m.sender_domains, m.default_category_id, m.default_department_id,
            m.quiet as mailbox_quiet, i.raw_sha256, i.raw_size, i.envelope_to, i.quiet, i.discovered_at, i.received_at, i.mail_message_id, i.facts -> 'order' ->> 'by' as ordered_by
       from inbound_message i join mailbox m on m.id = i.mailbox_id
      where i.id in (?) and i.state = 'fetched' order by i.id for update of i skip locked`,
    [[...ids]],
  );
  return new Map(rows.map((row) => [Number(row.id), deliveryOf(row)]));
}

function deliveryOf(row: Row): Delivery {
  return {
    id: Number(row.id),
    mailbox: {
      ...{ id: Number(row.mailbox_id), address: row.address, aliases: row.aliases, senderTrust: row.sender_trust },
      ...{ senderPolicy: row.sender_policy, senderDomains: row.sender_domains },
      defaultCategoryId: numberOrNull(row.default_category_id),
      defaultDepartmentId: numberOrNull(row.default_department_id),
    },
    envelopeTo: row.envelope_to,
    imported: row.quiet,
    quiet: row.quiet || row.mailbox_quiet,
    discoveredAt: new Date(row.discovered_at),
    receivedAt: row.received_at === null ? null : new Date(row.received_at),
    messageId: numberOrNull(row.mail_message_id),
    raw: { sha256: row.raw_sha256, size: Number(row.raw_size) },
    orderedBy: numberOrNull(row.ordered_by),
  };
}

const numberOrNull = (text: string | null) => (text === null ? null : Number(text));
