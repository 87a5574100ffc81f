import { LockMode } from '@mikro-orm/postgresql';
import type { Transaction } from '../../../db/transaction.ts';
import { unseal, type Keyring } from '../../../secrets.ts';
import { stepOfCode } from './one-time-code.ts';
import { Totp, totpPlace } from './totp.ts';

/**
 * The authenticator app whose code this is, or null. The code is used up (V20): the row is locked, so that of two at once one is refused.
 * `confirmed`: whether the app must be a factor already, or must not be one yet.
 */
export async function checkTotp(
  tx: Transaction,
  sealing: Keyring,
  { employeeId, code, confirmed }: { employeeId: number; code: string; confirmed: boolean },
): Promise<Totp | null> {
  const totp = await tx.em.findOne(Totp, { employeeId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!totp || (totp.confirmedAt !== null) !== confirmed) return null;
  const secret = unseal(sealing, totp.secret, totpPlace(employeeId));
  const step = stepOfCode(secret, code, tx.now, totp.lastStep);
  if (step === null) return null;
  totp.lastStep = step;
  return totp;
}
