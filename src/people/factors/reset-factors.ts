import type { Transaction } from '../../db/transaction.ts';
import { AppError } from '../../errors.ts';
import { Employee, type Person } from '../employee.ts';
import { endSessions } from '../end-sessions.ts';
import { factorChanged } from './factor-changed.ts';

/** Removes every factor of a person who has lost theirs, and signs them out; the password alone opens the account again. */
export async function resetFactors(tx: Transaction, actor: Person, employeeId: number): Promise<void> {
  if (actor.id === employeeId)
    throw new AppError('conflict', 'Remove your own factors one by one; another admin can reset them');
  if (!(await tx.em.findOne(Employee, { id: employeeId }))) throw new AppError('not_found', 'There is no such person');
  for (const table of ['totp', 'passkey', 'recovery_code', 'challenge'])
    await tx.em.execute(`delete from ${table} where employee_id = ?`, [employeeId]);
  await endSessions(tx, employeeId);
  await factorChanged(tx, 'factors-reset', { employeeId, actorId: actor.id });
}
