import type { RunTransaction, Transaction } from '../../db/transaction.ts';
import { faultPoint } from '../../fault-point.ts';
import type { Source } from '../sources/source.ts';
import { Mailbox } from '../mailbox.ts';

/** Milliseconds for which one worker has a mailbox to itself; renewed while the source is listing, short for the case that it died. */
const LEASE = 20_000;

export interface PollDeps {
  transaction: RunTransaction;
  sourceOf: (mailbox: Mailbox) => Source | null;
}

/**
 * Lists what is new at the source and writes ledger rows `discovered` and the cursor, together. Never parses, never fetches: one
 * bad message cannot hold the cursor. Gives the number of new rows.
 */
export async function pollMailbox({ transaction, sourceOf }: PollDeps, mailboxId: number): Promise<number> {
  const mailbox = await transaction((tx) => lease(tx, mailboxId));
  const source = mailbox && sourceOf(mailbox);
  if (!mailbox || !source) return 0;
  const renewal = setInterval(() => {
    transaction((tx) => renew(tx, mailboxId)).catch(() => {}); // the next one will do, or the list fails too
  }, LEASE / 3);
  try {
    const { keys, cursor } = await source.list(mailbox.cursor);
    const { found, done } = await transaction((tx) => discover(tx, mailboxId, keys, cursor));
    faultPoint('D2');
    await source.acknowledge(done); // what was applied when the source could not be told
    return found;
  } catch (error) {
    const lastError = error instanceof Error ? error.message : String(error);
    await transaction((tx) =>
      tx.em.nativeUpdate(Mailbox, mailboxId, { lastError: lastError.slice(0, 500), leaseUntil: null }),
    );
    throw error;
  } finally {
    clearInterval(renewal);
  }
}

async function lease(tx: Transaction, id: number): Promise<Mailbox | null> {
  const until = new Date(tx.now.getTime() + LEASE);
  const taken = await tx.em.execute<unknown[]>(
    'update mailbox set lease_until = ? where id = ? and (lease_until is null or lease_until < ?) returning id',
    [until, id, tx.now],
  );
  return taken.length > 0 ? tx.em.findOne(Mailbox, id) : null;
}

async function renew(tx: Transaction, id: number): Promise<void> {
  await tx.em.nativeUpdate(Mailbox, id, { leaseUntil: new Date(tx.now.getTime() + LEASE) });
}

/** Keys of one statement. */
const CHUNK = 1000;

async function discover(tx: Transaction, mailboxId: number, keys: readonly string[], cursor: Record<string, unknown>) {
  let found = 0;
  for (let from = 0; from < keys.length; from += CHUNK)
    found += (await insertNew(tx, mailboxId, keys.slice(from, from + CHUNK))).length;
  const done = await tx.em.execute<{ source_key: string }[]>(
    `select k.source_key from inbound_key k join inbound_message i on i.id = k.inbound_message_id
      where k.mailbox_id = ? and i.state not in ('discovered', 'fetched') and i.finished_at > ?::timestamptz - interval '1 day'`,
    [mailboxId, tx.now],
  );
  await tx.em.nativeUpdate(Mailbox, mailboxId, { cursor, leaseUntil: null, lastPolledAt: tx.now, lastError: null });
  faultPoint('D1');
  return { found, done: done.map(({ source_key }) => source_key) };
}

async function insertNew(tx: Transaction, mailboxId: number, keys: readonly string[]): Promise<number[]> {
  const rows = await tx.em.execute<{ source_key: string }[]>(
    `insert into inbound_key (mailbox_id, source_key) select ?, jsonb_array_elements_text(?::jsonb) on conflict do nothing returning source_key`,
    [mailboxId, JSON.stringify(keys)],
  );
  const ids: number[] = [];
  for (const { source_key } of rows) {
    const [row] = await tx.em.execute<{ id: string }[]>(
      `with message as (
         insert into inbound_message (mailbox_id, state, next_at, discovered_at) values (?, 'discovered', ?, ?) returning id)
       update inbound_key set inbound_message_id = message.id from message where mailbox_id = ? and source_key = ? returning message.id`,
      [mailboxId, tx.now, tx.now, mailboxId, source_key],
    );
    const id = Number(row?.id);
    tx.wake('fetch-messages', id);
    ids.push(id);
  }
  return ids;
}
