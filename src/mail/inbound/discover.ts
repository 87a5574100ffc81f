import type { Transaction } from '../../db/transaction.ts';

export interface Discovery {
  mailboxId: number;
  keys: readonly string[];
  /** Imported: nobody is notified of what comes of it. */
  quiet: boolean;
  /** The keys are new, the messages may not be. */
  renumbered: boolean;
}

/** Keys of one statement. */
const PART = 1000;

/** Foreign keys are checked at the end of a statement, so key and row can go in together, each naming the other. */
const INSERT = `
  with fresh as (
    select listed.key, nextval(pg_get_serial_sequence('inbound_message', 'id')) as id from jsonb_array_elements_text(?::jsonb) with ordinality as listed(key, at)
     where not exists (select from inbound_key k where k.mailbox_id = ? and k.source_key = listed.key) order by listed.at),
  key as (
    insert into inbound_key (mailbox_id, source_key, inbound_message_id) select ?, fresh.key, fresh.id from fresh
      on conflict do nothing returning inbound_message_id as id)
  insert into inbound_message (id, mailbox_id, state, quiet, renumbered, untold, next_at, discovered_at)
    select key.id, ?::bigint, 'discovered', ?::boolean, ?::boolean, true, ?::timestamptz, ?::timestamptz from key order by key.id returning id`;

/** A key that is listed is not gone, whatever proved it before. */
const REVIVE = `
  update inbound_message i set state = 'discovered', decision = null, reason = null, finished_at = null, renumbered = true, untold = true, next_at = ?
    from inbound_key k, jsonb_array_elements_text(?::jsonb) as listed(key)
   where k.inbound_message_id = i.id and k.mailbox_id = ? and k.source_key = listed.key and i.state = 'vanished' returning i.id`;

/** Writes a ledger row `discovered` for every key that has none. Gives their number. */
export async function discover(tx: Transaction, { mailboxId, keys, quiet, renumbered }: Discovery): Promise<number> {
  let found = 0;
  for (let from = 0; from < keys.length; from += PART) {
    const part = JSON.stringify(keys.slice(from, from + PART));
    const made = await tx.em.execute<unknown[]>(INSERT, [
      ...[part, mailboxId, mailboxId, mailboxId, quiet, renumbered, tx.now, tx.now],
    ]);
    const revived = await tx.em.execute<unknown[]>(REVIVE, [tx.now, part, mailboxId]);
    found += made.length + revived.length;
  }
  return found;
}

/** Those of the keys that the ledger does not know, or took for gone. */
export async function unknownKeys({ em }: Transaction, mailboxId: number, keys: readonly string[]): Promise<string[]> {
  const unknown: string[] = [];
  for (let from = 0; from < keys.length; from += PART) {
    const rows = await em.execute<{ key: string }[]>(
      `select listed.key from jsonb_array_elements_text(?::jsonb) as listed(key)
        where not exists (select from inbound_key k join inbound_message i on i.id = k.inbound_message_id
                           where k.mailbox_id = ? and k.source_key = listed.key and i.state <> 'vanished')`,
      [JSON.stringify(keys.slice(from, from + PART)), mailboxId],
    );
    unknown.push(...rows.map(({ key }) => key));
  }
  return unknown;
}
