import { createHash } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';

/** What is written down of an administrative or security action: ids and hashes, never names, addresses or bodies. */
export interface AuditEntry {
  /** `noun.verb`, such as employee.approved. */
  action: string;
  /** Who did it; null: the desk itself, a command, or somebody unknown. */
  actorId: number | null;
  outcome?: 'done' | 'refused';
  subject?: { type: string; id: number } | null;
  data?: AuditData;
  requestId?: string | null;
}
export type AuditData = { readonly [key: string]: AuditValue };
type AuditValue = string | number | boolean | null | readonly AuditValue[] | AuditData;

/** A row as its hash covers it. */
export interface AuditRow {
  id: number;
  /** ISO 8601, UTC, milliseconds */
  at: string;
  actorId: number | null;
  action: string;
  outcome: 'done' | 'refused';
  subjectType: string | null;
  subjectId: number | null;
  data: AuditData;
  requestId: string | null;
}

/** Hex sha256 over the hash before it and the row's canonical JSON: a row cannot be changed, dropped or swapped unseen. */
export function auditHash(previous: string, row: AuditRow): string {
  return createHash('sha256').update(previous).update('\n').update(canonical(row)).digest('hex');
}

/** JSON with sorted keys: jsonb does not keep their order. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value ?? null);
  const keys = Object.keys(value).filter((key) => (value as Record<string, unknown>)[key] !== undefined);
  return `{${keys
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${canonical((value as Record<string, unknown>)[key])}`)
    .join(',')}}`;
}

/**
 * Appends to the chain. Called last in a transaction: it takes the lock that puts parallel writers in a row, and the commit that follows at once
 * lets it go.
 */
export async function appendAudit(em: EntityManager, now: Date, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const [head] = await em.execute<{ last_id: string; row_hash: string }[]>(
    'select last_id, row_hash from audit_head for update',
  );
  let [id, hash] = [Number(head?.last_id), head?.row_hash ?? ''];
  for (const { action, actorId, outcome = 'done', subject, data = {}, requestId = null } of entries) {
    const previous = hash;
    id += 1;
    const [type, subjectId] = [subject?.type ?? null, subject?.id ?? null];
    const row = { id, at: now.toISOString(), actorId, action, outcome, subjectType: type, subjectId, data, requestId };
    hash = auditHash(previous, row);
    await em.execute(
      `insert into audit_entry (id, at, actor_id, action, outcome, subject_type, subject_id, data, request_id, prev_hash, row_hash)
       values (?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?)`,
      [id, now, actorId, action, outcome, type, subjectId, JSON.stringify(data), requestId, previous, hash],
    );
  }
  await em.execute('update audit_head set last_id = ?, row_hash = ?', [id, hash]);
}
