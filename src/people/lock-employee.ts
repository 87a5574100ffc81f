import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { Employee } from './employee.ts';

/** Locks a person for a change by an admin. 404 for nobody; 410 for who was erased; 409 when `version` is not the one that the admin has read. */
export async function lockEmployee(tx: Transaction, id: number, version?: number): Promise<Employee> {
  // `no key`: tickets and comments of the person may be written meanwhile.
  await tx.em.execute('select 1 from employee where id = ? for no key update', [id]);
  const person = await tx.em.findOne(Employee, { id }, { refresh: true });
  if (!person) throw employeeNotFound();
  if (person.erasedAt) throw new AppError('gone', 'This person was erased');
  if (version !== undefined && version !== person.version)
    throw new AppError('version_conflict', 'The account has changed since you read it', { version: person.version });
  return person;
}

/**
 * Admins, locked in the order of their ids: while one transaction takes somebody's rights, no other can take those of the last one who is left.
 * Called before the person is locked.
 */
export async function lockAdmins({ em }: Transaction): Promise<number[]> {
  const rows = await em.execute<{ id: string }[]>(
    `select id from employee where role = 'admin' and status = 'approved' order by id for no key update`,
  );
  return rows.map(({ id }) => Number(id));
}

export function employeeNotFound(): AppError {
  return new AppError('not_found', 'There is no such employee');
}
