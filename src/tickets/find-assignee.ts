import type { Transaction } from '../db/transaction.ts';
import { fieldError } from '../errors.ts';
import { Employee, isStaff } from '../people/employee.ts';

/** Who a ticket is given to: a coordinator or an admin; anybody else is an error at the field. */
export async function findAssignee(tx: Transaction, id: number): Promise<Employee> {
  const found = await tx.em.findOne(Employee, id);
  if (!found) throw fieldError('assignee', 'There is no such employee');
  if (!isStaff(found)) throw fieldError('assignee', 'must be a coordinator or an admin');
  return found;
}
