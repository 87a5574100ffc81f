import type { RunTransaction, Transaction } from '../../db/transaction.ts';
import type { BlobStore } from '../../files/blob-store.ts';
import { ScannerAway, type Scanner, type Verdict } from '../../files/clamd.ts';
import type { Log } from '../../log.ts';

export interface ScanDeps {
  blobs: BlobStore;
  log: Log;
  /** null: files are not scanned. */
  scanner: Scanner | null;
}

/** Blobs of one turn, and seconds for which one belongs to whoever scans it. */
const AT_ONCE = 4;
const LEASE = 60;
/** Seconds until a file is asked about again of which nothing could be said; after the last one it is given up. */
const WAITS = [5, 30, 120, 600];

interface Due {
  sha256: string;
  attempts: number;
}

/**
 * Scans a few files that are due: new ones first, then those that were scanned with other signatures. Files with the same bytes are one. While the
 * scanner is away they stay as they are, and are asked about later. Gives how many it took on.
 */
export async function scanFiles(
  transaction: RunTransaction,
  { scanner, blobs, log }: ScanDeps,
  stopping?: AbortSignal,
): Promise<number> {
  if (scanner === null) return 0;
  const signatures = await scanner.signatures().catch((error: unknown) => {
    if (error instanceof ScannerAway) return null;
    throw error;
  });
  if (signatures === null) return 0;
  const due = await transaction((tx) => claim(tx, signatures));
  await Promise.all(
    due.map(async (file) => {
      const verdict = await look(file, { scanner, blobs, log, stopping });
      await transaction((tx) => record(tx, file, { verdict, signatures }));
    }),
  );
  return due.length;
}

/** null: nothing can be said for now. */
async function look(
  { sha256 }: Due,
  { scanner, blobs, log, stopping }: ScanDeps & { scanner: Scanner; stopping: AbortSignal | undefined },
): Promise<Verdict | null> {
  if ((await blobs.size(sha256)) === null) return { state: 'error', found: 'The file is not there' };
  return scanner.scan(blobs.stream(sha256), stopping).catch((error: unknown) => {
    // A blob that is damaged ends here too: it is never judged by the bytes that it should not have.
    log.warn({ err: error, sha256 }, 'a file could not be scanned');
    return null;
  });
}

async function claim(tx: Transaction, signatures: string): Promise<Due[]> {
  const find = (condition: string) =>
    `(select distinct sha256 from (select sha256 from attachment where ${condition} and scan_next_at <= ? limit 100) f)`;
  const rows = await tx.em.execute<{ sha256: string; attempts: number }[]>(
    `with d as (select sha256 from (select 1 as turn, sha256 from ${find(`scan = 'unscanned'`)} n
          union all select 2, sha256 from ${find(`scan <> 'unscanned' and scan_signatures is distinct from ?`)} o) both_turns group by sha256 order by min(turn) limit ${AT_ONCE}),
      l as (select id from attachment where sha256 in (select sha256 from d) and scan_next_at <= ? order by id for update skip locked),
      u as (update attachment set scan_next_at = ?::timestamptz + make_interval(secs => ${LEASE}), scan_attempts = scan_attempts + 1
        where id in (select id from l) returning sha256, scan_attempts)
     select sha256, max(scan_attempts) as attempts from u group by sha256`,
    [tx.now, signatures, tx.now, tx.now, tx.now],
  );
  return rows;
}

/** Of what the scanner broke off each time, though it was there. It will not have it, and new signatures ask again. */
const UNWANTED: Verdict = { state: 'error', found: 'The scanner broke off each time' };

async function record(
  tx: Transaction,
  { sha256, attempts }: Due,
  { verdict: said, signatures }: { verdict: Verdict | null; signatures: string },
): Promise<void> {
  const verdict = said ?? (attempts > WAITS.length ? UNWANTED : null);
  if (verdict === null) {
    const wait = WAITS[attempts - 1] ?? 0;
    await tx.em.execute(
      `update attachment set scan_next_at = ?::timestamptz + make_interval(secs => ?) where sha256 = ?`,
      [tx.now, wait, sha256],
    );
    return;
  }
  const found = verdict.state === 'clean' ? null : verdict.found.slice(0, 200);
  const changed = await tx.em.execute<{ ticket_id: string }[]>(
    `with b as (select id, scan from attachment where sha256 = ?)
     update attachment a set scan = ?, scan_found = ?, scan_signatures = ?, scan_attempts = 0, scan_next_at = ? from b where b.id = a.id
      returning case when b.scan is distinct from a.scan then a.ticket_id end as ticket_id`,
    [sha256, verdict.state, found, signatures, tx.now],
  );
  for (const id of new Set(changed.flatMap(({ ticket_id }) => ticket_id ?? [])))
    await tx.em.execute(`select pg_notify('ticket_changed', ?)`, [String(id)]);
}
