import { LockMode } from '@mikro-orm/postgresql';
import type { Transaction } from '../db/transaction.ts';
import { endLinks, useLink } from './account-link.ts';
import { claimAccount } from './claim-account.ts';
import { Employee } from './employee.ts';
import type { SecondFactorAsked } from './factors/ask-second-factor.ts';
import { beginSession, type SignedIn } from './sign-in.ts';

/** Signs in by a link that was sent to the address: once. null: the account waits for an admin. */
export async function signInByLink(
  tx: Transaction,
  key: Buffer,
  { token, userAgent }: { token: string; userAgent: string },
): Promise<SignedIn | SecondFactorAsked | null> {
  const link = await useLink(tx, 'sign-in', token);
  const employee = await tx.em.findOneOrFail(Employee, link.employeeId, { lockMode: LockMode.PESSIMISTIC_WRITE });
  await claimAccount(tx, employee);
  await endLinks(tx, employee.id, 'sign-in');
  if (employee.status !== 'approved') return null;
  return beginSession(tx, key, { employee, userAgent, method: 'link' });
}
