import { LockMode } from '@mikro-orm/postgresql';
import type { Transaction } from '../../../db/transaction.ts';
import { verifyAssertion, type Assertion, type Site } from './ceremony.ts';
import { Passkey } from './passkey.ts';

/**
 * The passkey that answers the challenge, or null. `employeeId` null: whoever it belongs to, and then the device must have verified them, as
 * nothing else has.
 */
export async function checkPasskey(
  tx: Transaction,
  site: Site,
  { employeeId, challenge, assertion }: { employeeId: number | null; challenge: string; assertion: Assertion },
): Promise<Passkey | null> {
  const passkey = await tx.em.findOne(
    Passkey,
    { credentialId: assertion.id, ...(employeeId !== null && { employeeId }) },
    { lockMode: LockMode.PESSIMISTIC_WRITE },
  );
  if (!passkey) return null;
  const now = await verifyAssertion(site, challenge, assertion, { passkey, verifyUser: employeeId === null });
  if (!now) return null;
  return Object.assign(passkey, now, { lastUsedAt: tx.now });
}
