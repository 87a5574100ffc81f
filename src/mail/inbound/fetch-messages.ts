import type { RunTransaction, Transaction } from '../../db/transaction.ts';
import { AppError } from '../../errors.ts';
import { faultPoint } from '../../fault-point.ts';
import type { Blob, BlobStore } from '../../files/blob-store.ts';
import type { Log } from '../../log.ts';
import { Mailbox } from '../mailbox.ts';
import type { Source } from '../sources/source.ts';

export interface FetchDeps {
  transaction: RunTransaction;
  blobs: BlobStore;
  sourceOf: (mailbox: Mailbox) => Source | null;
  maxMessageBytes: number;
  log: Log;
}

interface Due {
  id: number;
  key: string;
  mailboxId: number;
}

const TRIES = 8;

/** Brings the raw bytes of discovered messages into the blob store, one by one: a bad one waits, the others go on. */
export async function fetchMessages(deps: FetchDeps, ids: readonly number[]): Promise<void> {
  for (const due of await deps.transaction((tx) => findDue(tx, ids))) {
    try {
      await fetchOne(deps, due);
    } catch (error) {
      deps.log.warn({ err: error, inboundMessageId: due.id }, 'message could not be fetched');
      await deps.transaction((tx) => countFailure(tx, due, error));
    }
  }
}

async function findDue({ em }: Transaction, ids: readonly number[]): Promise<Due[]> {
  const rows = await em.execute<{ id: string; source_key: string; mailbox_id: string }[]>(
    `select i.id, k.source_key, i.mailbox_id from inbound_message i join inbound_key k on k.inbound_message_id = i.id
      where i.id in (?) and i.state = 'discovered' order by i.id`,
    [[...ids]],
  );
  return rows.map((row) => ({ id: Number(row.id), key: row.source_key, mailboxId: Number(row.mailbox_id) }));
}

async function fetchOne({ transaction, blobs, sourceOf, maxMessageBytes }: FetchDeps, due: Due): Promise<void> {
  const mailbox = await transaction((tx) => tx.em.findOneOrFail(Mailbox, due.mailboxId));
  const source = sourceOf(mailbox);
  if (!source) throw new Error(`Mailbox ${due.mailboxId} has no source to ask`);
  const raw = await source.fetch(due.key);
  if (!raw)
    return transaction((tx) => finish(tx, due.id, 'vanished', 'gone from the mailbox before it could be fetched'));
  try {
    const blob = await blobs.putStream(raw, maxMessageBytes);
    faultPoint('F3');
    await transaction((tx) => markFetched(tx, due.id, blob));
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'payload_too_large')) throw error;
    await transaction((tx) =>
      finish(tx, due.id, 'quarantined', `too-large: more than ${maxMessageBytes} bytes; it stays in the mailbox`),
    );
  }
}

async function markFetched(tx: Transaction, id: number, { sha256, size }: Blob): Promise<void> {
  const rows = await tx.em.execute<unknown[]>(
    `update inbound_message set state = 'fetched', raw_sha256 = ?, raw_size = ?, attempts = 0, next_at = ?, last_error = null
      where id = ? and state = 'discovered' returning id`,
    [sha256, size, tx.now, id],
  );
  if (rows.length > 0) tx.wake('ingest-messages', id);
}

async function finish(tx: Transaction, id: number, state: 'vanished' | 'quarantined', reason: string): Promise<void> {
  await tx.em.execute(
    `update inbound_message set state = ?, decision = 'quarantine', reason = ?, finished_at = ? where id = ? and state = 'discovered'`,
    [state, reason, tx.now, id],
  );
}

async function countFailure(tx: Transaction, { id }: Due, failure: unknown): Promise<void> {
  const message = (failure instanceof Error ? failure.message : String(failure)).slice(0, 1000);
  const [row] = await tx.em.execute<{ attempts: number }[]>(
    `update inbound_message set attempts = attempts + 1, last_error = ?, next_at = ?::timestamptz + make_interval(mins => least(60, (2 ^ attempts)::int))
      where id = ? and state = 'discovered' returning attempts`,
    [message, tx.now, id],
  );
  if ((row?.attempts ?? 0) >= TRIES)
    await finish(tx, id, 'quarantined', `could not be fetched in ${TRIES} tries: ${message.slice(0, 300)}`);
}
