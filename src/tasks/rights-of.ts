import type { Transaction } from '../db/transaction.ts';
import type { Person } from '../people/employee.ts';
import { readSettings } from '../settings/read-settings.ts';

/** What decides which rows somebody may read, in words that can be compared: a file that was made with other rights is none for them now. */
export async function rightsOf(tx: Transaction, { id, role, status }: Person): Promise<string> {
  if (status !== 'approved') return 'none';
  if (role !== 'coordinator' || (await readSettings(tx)).coordinator_scope === 'all') return role;
  const rows = await tx.em.execute<{ department_id: string }[]>(
    'select department_id from coordinator_department where employee_id = ? order by department_id',
    [id],
  );
  return `${role} of ${rows.map(({ department_id }) => department_id).join(',')}`;
}
