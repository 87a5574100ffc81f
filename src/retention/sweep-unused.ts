import type { RunTransaction, Transaction } from '../db/transaction.ts';
import type { BlobStore } from '../files/blob-store.ts';
import type { Swept } from '../files/sweep-blobs.ts';
import type { Log } from '../log.ts';
import { cutoffOf } from './rules.ts';

/** Days for which a blob without a row is kept: whoever stored it writes the row within minutes, or died. */
const KEPT = 7;

/** Removes the files of mails, attachments and pictures that no row refers to any more. */
export async function sweepUnused({
  transaction,
  blobs,
  log,
}: {
  transaction: RunTransaction;
  blobs: BlobStore;
  log: Log;
}): Promise<Swept> {
  const before = await transaction(({ now }) => Promise.resolve(cutoffOf(now, KEPT)));
  const swept = await blobs.sweep(before, (sha256s) => transaction((tx) => findUsed(tx, sha256s)));
  if (swept.files > 0) log.info({ swept }, 'blobs that nobody refers to are removed');
  return swept;
}

async function findUsed({ em }: Transaction, sha256s: readonly string[]): Promise<Set<string>> {
  const rows = await em.execute<{ sha256: string }[]>(
    `select sha256 from jsonb_array_elements_text(?::jsonb) as asked(sha256)
      where exists (select from inbound_message i where i.raw_sha256 = asked.sha256 and i.raw_deleted_at is null)
         or exists (select from attachment f where f.sha256 = asked.sha256) or exists (select from employee e where e.picture_sha256 = asked.sha256)
         or sha256 in (select f ->> 'sha256' from draft d cross join jsonb_array_elements(d.files) as f)`,
    [JSON.stringify(sha256s)],
  );
  return new Set(rows.map(({ sha256 }) => sha256));
}
