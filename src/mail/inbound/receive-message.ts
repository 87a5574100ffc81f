import { prepared, runPrepared } from '../../db/prepared.ts';
import type { Transaction } from '../../db/transaction.ts';
import type { Blob } from '../../files/blob-store.ts';

/** A message whose bytes are in the blob store. */
export interface Received {
  mailboxId: number;
  /** What the source calls it; a key that is known already means that it came before. */
  sourceKey: string;
  raw: Blob;
  envelopeFrom: string | null;
  envelopeTo: string | null;
  /** true: imported, nobody is notified. */
  quiet: boolean;
  /** false: the caller ingests it at once. */
  wake: boolean;
}

/** Writes the ledger row `fetched` and its key, together, for a pushed message. Gives the row's id, and whether it was known. */
export async function receiveMessage(tx: Transaction, given: Received): Promise<{ id: number; known: boolean }> {
  const { mailboxId, sourceKey, raw, envelopeFrom, envelopeTo, quiet } = given;
  const [mine] = await runPrepared<{ id: string }>(tx.em, RECEIVE, [
    ...[mailboxId, sourceKey, mailboxId, raw.sha256, raw.size, envelopeFrom, envelopeTo, quiet, tx.now, tx.now],
  ]);
  if (!mine) {
    const known = 'select inbound_message_id as id from inbound_key where mailbox_id = ? and source_key = ?';
    const [row] = await tx.em.execute<{ id: string }[]>(known, [mailboxId, sourceKey]);
    return { id: Number(row?.id), known: true };
  }
  const id = Number(mine.id);
  if (given.wake) tx.wake('ingest-messages', id);
  return { id, known: false };
}

/** Foreign keys are checked at the end of a statement, so key and row can go in together, each naming the other. */
const RECEIVE = prepared(
  'receive-message',
  `
  with next as (select nextval(pg_get_serial_sequence('inbound_message', 'id')) as id),
  key as (
    insert into inbound_key (mailbox_id, source_key, inbound_message_id) select ?, ?, next.id from next on conflict do nothing returning inbound_message_id as id)
  insert into inbound_message (id, mailbox_id, state, raw_sha256, raw_size, envelope_from, envelope_to, quiet, next_at, discovered_at)
    select key.id, ?::bigint, 'fetched', ?, ?::bigint, ?, ?, ?::boolean, ?::timestamptz, ?::timestamptz from key returning id`,
);
