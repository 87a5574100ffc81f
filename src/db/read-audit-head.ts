import type { Transaction } from './transaction.ts';

/** The end of the audit log: its last row and that row's hash. Kept elsewhere, it shows whether the end was cut off or written anew. */
export interface AuditHead {
  /** 0: nothing was written yet. */
  id: number;
  hash: string;
}

export async function readAuditHead({ em }: Pick<Transaction, 'em'>): Promise<AuditHead> {
  const [head] = await em.execute<{ last_id: string; row_hash: string }[]>('select last_id, row_hash from audit_head');
  return { id: Number(head?.last_id), hash: head?.row_hash ?? '' };
}

/** As it is written into a log and given to `smartsupport audit verify --head`. */
export function headText({ id, hash }: AuditHead): string {
  return `${id}:${hash}`;
}
