import type { Transaction } from '../db/transaction.ts';
import { fieldError } from '../errors.ts';
import type { Employee } from './employee.ts';

/** Sets the departments that a coordinator works for; the setting `coordinator_scope` says whether they limit what is seen. */
export async function setDepartments(
  { em }: Transaction,
  { id, role }: Pick<Employee, 'id' | 'role'>,
  departments: readonly number[],
): Promise<void> {
  if (departments.length > 0 && role !== 'coordinator') throw fieldError('departments', 'is for coordinators only');
  await em.execute('delete from coordinator_department where employee_id = ?', [id]);
  if (departments.length === 0) return;
  await em.execute(
    `insert into coordinator_department (employee_id, department_id) select ?, unnest(array[?]::bigint[]) on conflict do nothing`,
    [id, departments],
  );
}
