import type { Transaction } from '../db/transaction.ts';
import { readSettings } from '../settings/read-settings.ts';
import { endLinks } from './account-link.ts';
import type { Employee } from './employee.ts';
import { hashPassword } from './password.ts';
import { assertGoodPassword } from './password-policy.ts';

/**
 * Gives a person a new password, if it is a good one. `field`: what the client calls it. Links that were sent end: they might set yet another one, or take
 * the account to another address.
 */
export async function setPassword(
  tx: Transaction,
  employee: Employee,
  password: string,
  field = 'password',
): Promise<void> {
  const { organisation_name } = await readSettings(tx);
  const { email, firstName, middleName, lastName } = employee;
  await assertGoodPassword(
    password,
    [email, firstName, middleName, lastName, organisation_name, 'smartsupport'],
    field,
  );
  employee.passwordHash = await hashPassword(password);
  employee.passwordChangedAt = tx.now;
  employee.updatedAt = tx.now;
  await endLinks(tx, employee.id);
  // Written now: who ends sessions after this waits for whoever is opening one by the old password.
  await tx.em.flush();
}
