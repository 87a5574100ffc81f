import { auditHash, type AuditData, type AuditRow } from './audit-chain.ts';
import type { AuditHead } from './read-audit-head.ts';
import type { RunTransaction } from './transaction.ts';

/** What is wrong with the audit log, in words that name the row, and where it ends. */
export interface AuditFindings {
  /** So many were read. */
  rows: number;
  faults: string[];
  /** The last row that was read. */
  end: AuditHead;
}

interface ChainedRow extends AuditRow {
  previous: string;
  hash: string;
}

/** Rows of one query. */
const PAGE = 5000;
const BEFORE_ALL = -Number.MAX_SAFE_INTEGER;

/**
 * Reads the whole audit log and names every row that was edited, is missing, or does not follow the one before it. `heads` are ends of the log that
 * were kept elsewhere: they show it when its end was cut off, or all of it written anew. Reads only; the log may grow meanwhile.
 */
export async function verifyAudit(
  transaction: RunTransaction,
  heads: readonly AuditHead[] = [],
): Promise<AuditFindings> {
  const kept = new Map(heads.filter(({ id }) => id > 0).map(({ id, hash }) => [id, hash]));
  const found: AuditFindings = { rows: 0, faults: [], end: { id: 0, hash: '0'.repeat(64) } };
  for (let after = BEFORE_ALL, page = await readPage(transaction, after); ; page = await readPage(transaction, after)) {
    for (const row of page.rows) check(row, found, kept);
    after = page.rows.at(-1)?.id ?? after;
    if (page.last > after) continue; // more than a page, or written since
    checkEnd(page.head, found);
    break;
  }
  for (const id of kept.keys()) found.faults.push(`Row ${id} is missing: it was the end of the log once`);
  return found;
}

/** The rows after one, with the head and the last id of the same moment. */
async function readPage(
  transaction: RunTransaction,
  after: number,
): Promise<{ rows: ChainedRow[]; head: AuditHead | null; last: number }> {
  return transaction(async ({ em }) => {
    const rows = await em.execute<Record<string, unknown>[]>(
      `select id, to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US') as at, actor_id, action, outcome, subject_type, subject_id,
              data, request_id, prev_hash, row_hash
         from audit_entry where id > ? order by id limit ${PAGE}`,
      [after],
    );
    const [end] = await em.execute<{ last_id: string | null; row_hash: string | null; last: string | null }[]>(
      `select h.last_id, h.row_hash, (select max(id) from audit_entry) as last from (select 1) one left join audit_head h on true`,
    );
    const head = end?.last_id == null ? null : { id: Number(end.last_id), hash: end.row_hash ?? '' };
    return { rows: rows.map(chainedRow), head, last: Number(end?.last ?? after) };
  });
}

function chainedRow(row: Record<string, unknown>): ChainedRow {
  const number = (value: unknown) => (value === null ? null : Number(value));
  return {
    id: Number(row['id']),
    at: String(row['at']).replace(/000$/, 'Z'), // we write whole milliseconds: anything finer is not ours, and does not fit
    actorId: number(row['actor_id']),
    action: String(row['action']),
    outcome: row['outcome'] as AuditRow['outcome'],
    subjectType: row['subject_type'] as string | null,
    subjectId: number(row['subject_id']),
    data: row['data'] as AuditData,
    requestId: row['request_id'] as string | null,
    previous: String(row['prev_hash']),
    hash: String(row['row_hash']),
  };
}

function check({ previous, hash, ...row }: ChainedRow, found: AuditFindings, kept: Map<number, string>): void {
  const { end, faults } = found;
  const { id } = row;
  found.rows += 1;
  if (id <= 0) return void faults.push(`Row ${id} does not belong to the log`);
  if (id > end.id + 1) faults.push(missing(end.id + 1, id - 1));
  else if (previous !== end.hash) faults.push(`Row ${id} does not follow row ${end.id}: one of them was replaced`);
  if (auditHash(previous, row) !== hash) faults.push(`Row ${id} was edited: its hash does not fit`);
  if (kept.has(id) && kept.get(id) !== hash)
    faults.push(`Row ${id} is another one than when it was the end of the log`);
  kept.delete(id);
  found.end = { id, hash };
}

function checkEnd(head: AuditHead | null, { end, faults }: AuditFindings): void {
  if (!head) faults.push('The end of the log is not noted any more: audit_head is empty');
  else if (head.id > end.id) faults.push(`${missing(end.id + 1, head.id)} at the end`);
  else if (head.id < end.id) faults.push(`Rows after ${head.id} were not written by the desk`);
  else if (head.hash !== end.hash) faults.push(`Row ${end.id} is not the one that was written last`);
}

function missing(first: number, last: number): string {
  return first === last ? `Row ${first} is missing` : `Rows ${first} to ${last} are missing`;
}
