import type { Transaction } from '../../../db/transaction.ts';
import { AppError } from '../../../errors.ts';
import type { Person } from '../../employee.ts';
import { factorChanged } from '../factor-changed.ts';
import { keepOneFactor } from '../keep-one-factor.ts';
import { Totp } from './totp.ts';

/** Removes the authenticator app of a person. */
export async function removeTotp(tx: Transaction, person: Person): Promise<void> {
  const removed = await tx.em.nativeDelete(Totp, { employeeId: person.id, confirmedAt: { $ne: null } });
  if (removed === 0) throw new AppError('not_found', 'There is no authenticator app');
  await keepOneFactor(tx, person);
  await factorChanged(tx, 'totp-removed', { employeeId: person.id });
}
