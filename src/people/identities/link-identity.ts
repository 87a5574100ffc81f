import type { Transaction } from '../../db/transaction.ts';
import { AppError } from '../../errors.ts';
import type { Person } from '../employee.ts';
import { factorChanged } from '../factors/factor-changed.ts';
import { Session } from '../session.ts';
import { Identity } from './identity.ts';
import type { ProviderPerson } from './provider.ts';
import { lockIdentity } from './sign-in-with-identity.ts';

/**
 * Links an account at the provider with the person who asked for it, while the session they asked in still lives. Addresses play no part:
 * they have shown both accounts to be theirs.
 */
export async function linkIdentity(
  tx: Transaction,
  { issuer, subject }: Pick<ProviderPerson, 'issuer' | 'subject'>,
  { employeeId, sessionId }: { employeeId: number; sessionId: number },
): Promise<void> {
  const session = { id: sessionId, employee: { id: employeeId, status: 'approved' as const }, revokedAt: null };
  if (!(await tx.em.findOne(Session, session))) throw new AppError('authentication_required', 'Sign in again');
  await lockIdentity(tx, { issuer, subject });
  const known = await tx.em.findOne(Identity, { issuer, subject });
  if (known?.employeeId === employeeId) return;
  if (known) throw new AppError('conflict', 'That account at the provider belongs to somebody else here');
  tx.em.create(Identity, { employeeId, issuer, subject, createdAt: tx.now });
  await factorChanged(tx, 'identity-linked', { employeeId });
}

/** The linked accounts of a person, the oldest first. */
export async function listIdentities({ em }: Pick<Transaction, 'em'>, employeeId: number): Promise<Identity[]> {
  return em.find(Identity, { employeeId }, { orderBy: { id: 'asc' } });
}

/** Unlinks an account at the provider; the password, or a link by mail, still opens the account here. */
export async function unlinkIdentity(tx: Transaction, person: Person, id: number): Promise<void> {
  const removed = await tx.em.nativeDelete(Identity, { id, employeeId: person.id });
  if (removed === 0) throw new AppError('not_found', 'There is no such linked account');
  await factorChanged(tx, 'identity-unlinked', { employeeId: person.id });
}
