import pg from 'pg';
import { localBlobStore } from '../src/files/blob-store.ts';

const BATCH = 50;
const WRITERS = 16;

/**
 * What keeping mail costs without a server: each message written, fsynced and given its name as durably as the desk does it, 16 at a time, into
 * a folder of its own; and its ledger row with its key inserted, 50 a transaction. No listing, no state, no look at what is known.
 */
export async function fetchFloor(
  databaseUrl: string,
  dir: string,
  mails: readonly Buffer[],
  round: number,
): Promise<void> {
  const blobs = await localBlobStore(dir);
  const client = new pg.Client(databaseUrl);
  await client.connect();
  for (let from = 0; from < mails.length; from += BATCH) {
    const rows: { key: string; sha256: string; size: number }[] = [];
    const batch = mails.slice(from, from + BATCH).entries();
    const write = async () => {
      for (const [at, raw] of batch) rows.push({ key: `floor:${round}:${from + at}`, ...(await blobs.put(raw)) });
    };
    await Promise.all(Array.from({ length: WRITERS }, write));
    await client.query(INSERT, [JSON.stringify(rows)]);
  }
  await client.end();
}

const INSERT = `
  with given as (select g.*, nextval(pg_get_serial_sequence('inbound_message', 'id')) as id
      from jsonb_to_recordset($1::jsonb) as g(key text, sha256 text, size bigint)),
  box as (select id from mailbox order by id limit 1),
  key as (insert into inbound_key (mailbox_id, source_key, inbound_message_id) select box.id, given.key, given.id from given, box)
  insert into inbound_message (id, mailbox_id, state, decision, reason, raw_sha256, raw_size, next_at, discovered_at, finished_at)
    select given.id, box.id, 'suppressed', 'suppress', 'floor', sha256, size, now(), now(), now() from given, box`;
