import type { Transaction } from '../../../db/transaction.ts';
import { AppError } from '../../../errors.ts';
import type { Person } from '../../employee.ts';
import { factorChanged } from '../factor-changed.ts';
import { keepOneFactor } from '../keep-one-factor.ts';
import { Passkey } from './passkey.ts';

/** The passkeys of a person, the oldest first. */
export async function listPasskeys({ em }: Pick<Transaction, 'em'>, employeeId: number): Promise<Passkey[]> {
  return em.find(Passkey, { employeeId }, { orderBy: { id: 'asc' } });
}

/** Gives a passkey of this person another name. */
export async function renamePasskey(tx: Transaction, person: Person, given: { id: number; name: string }) {
  const passkey = await ownPasskey(tx, person, given.id);
  passkey.name = given.name;
  return passkey;
}

/** Removes a passkey of this person. */
export async function removePasskey(tx: Transaction, person: Person, id: number): Promise<void> {
  tx.em.remove(await ownPasskey(tx, person, id));
  await tx.em.flush();
  await keepOneFactor(tx, person);
  await factorChanged(tx, 'passkey-removed', { employeeId: person.id });
}

async function ownPasskey(tx: Transaction, person: Person, id: number): Promise<Passkey> {
  const passkey = await tx.em.findOne(Passkey, { id, employeeId: person.id });
  if (!passkey) throw new AppError('not_found', 'There is no such passkey');
  return passkey;
}
