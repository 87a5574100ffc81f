import type { Transaction } from '../../db/transaction.ts';
import { AppError } from '../../errors.ts';
import type { Person } from '../employee.ts';
import { needsFactor } from './must-enrol.ts';
import { hasFactor, readFactors } from './read-factors.ts';
import { deleteRecoveryCodes } from './recovery-codes.ts';

/** After a removal: the last factor stays where one is required; otherwise the recovery codes go with it. */
export async function keepOneFactor(tx: Transaction, person: Person): Promise<void> {
  if (hasFactor(await readFactors(tx, person.id))) return;
  if (await needsFactor(tx, person))
    throw new AppError('conflict', 'A second factor is required: set up another one before you remove the last');
  await deleteRecoveryCodes(tx, person.id);
}
