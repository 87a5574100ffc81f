import type { TestDesk } from './desk.ts';

export interface Audited {
  action: string;
  outcome: string;
  actor_id: string | null;
  subject_type: string | null;
  subject_id: string | null;
  data: Record<string, unknown>;
}

/** Entries of the audit log, the oldest first; only those of the actions, when some are named. */
export async function auditOf({ transaction }: TestDesk, ...actions: string[]): Promise<Audited[]> {
  const rows = await transaction((tx) =>
    tx.em.execute<Audited[]>(
      'select action, outcome, actor_id, subject_type, subject_id, data from audit_entry order by id',
    ),
  );
  return rows.filter(({ action }) => actions.length === 0 || actions.includes(action));
}
