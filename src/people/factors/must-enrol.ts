import type { Transaction } from '../../db/transaction.ts';
import { readSettings } from '../../settings/read-settings.ts';
import { isStaff, type Person } from '../employee.ts';
import { hasFactor, readFactors } from './read-factors.ts';

/** Whether the settings ask this person for a second factor. */
export async function needsFactor(tx: Pick<Transaction, 'em'>, person: Person): Promise<boolean> {
  return isStaff(person) && (await readSettings(tx)).staff_second_factor;
}

/** Whether this person must set up a second factor before anything else (V18). */
export async function mustEnrol(tx: Pick<Transaction, 'em'>, person: Person): Promise<boolean> {
  return (await needsFactor(tx, person)) && !hasFactor(await readFactors(tx, person.id));
}
