import type { Transaction } from '../../../db/transaction.ts';
import { Employee } from '../../employee.ts';
import { openSession, type SignedIn } from '../../sign-in.ts';
import { makeChallenge, takeChallenge } from '../challenge.ts';
import { requestOptions, type Assertion, type CeremonyOptions, type Site } from './ceremony.ts';
import { checkPasskey } from './check-passkey.ts';

/** Asks whoever is there for a passkey of this site. */
export async function askPasskey(
  tx: Transaction,
  site: Site,
): Promise<{ challenge: string; options: CeremonyOptions }> {
  const challenge = await makeChallenge(tx, 'passkey-sign-in');
  return { challenge, options: await requestOptions(site, challenge, null) };
}

/**
 * Signs in with a passkey alone: something they have, and the device has verified them, so nothing else is asked. Null: it is not right, for
 * whatever reason. The challenge is used up in any case, so the caller commits.
 */
export async function signInWithPasskey(
  tx: Transaction,
  { site, refresh }: { site: Site; refresh: Buffer },
  { challenge, assertion, userAgent }: { challenge: string; assertion: Assertion; userAgent: string },
): Promise<SignedIn | null> {
  if (!(await takeChallenge(tx, 'passkey-sign-in', challenge))) return null;
  const passkey = await checkPasskey(tx, site, { employeeId: null, challenge, assertion });
  const person = passkey && (await tx.em.findOne(Employee, { id: passkey.employeeId, status: 'approved' }));
  if (!person) return null;
  return openSession(tx, refresh, { employee: person, userAgent, method: 'passkey' });
}
