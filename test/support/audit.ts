import type { TestDesk } from './desk.ts';

/** An entry of the audit log as tests compare it. */
export interface Audited {
  action: string;
  outcome: string;
  actor: number | null;
  subject: number | null;
  data: Record<string, unknown>;
}

/** What the audit log says about a person, oldest first; null: entries about nobody. */
export async function auditOf(desk: TestDesk, subject: number | null): Promise<Audited[]> {
  const rows = await desk.transaction(({ em }) =>
    em.execute<(Omit<Audited, 'actor' | 'subject'> & { actor_id: string | null; subject_id: string | null })[]>(
      `select action, outcome, actor_id, subject_id, data from audit_entry where subject_id is not distinct from ? order by id`,
      [subject],
    ),
  );
  const idOf = (id: string | null) => (id === null ? null : Number(id));
  return rows.map(({ action, outcome, actor_id, subject_id, data }) => ({
    ...{ action, outcome, data, actor: idOf(actor_id), subject: idOf(subject_id) },
  }));
}

/** An entry of the audit log as it stands there. */
export interface AuditRow {
  action: string;
  outcome: string;
  actor_id: string | null;
  subject_type: string | null;
  subject_id: string | null;
  data: Record<string, unknown>;
}

/** Entries of the audit log, the oldest first; only those of the actions, when some are named. */
export async function auditRows({ transaction }: TestDesk, ...actions: string[]): Promise<AuditRow[]> {
  const rows = await transaction((tx) =>
    tx.em.execute<AuditRow[]>(
      'select action, outcome, actor_id, subject_type, subject_id, data from audit_entry order by id',
    ),
  );
  return rows.filter(({ action }) => actions.length === 0 || actions.includes(action));
}
