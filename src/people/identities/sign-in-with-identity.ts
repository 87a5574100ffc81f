import type { Transaction } from '../../db/transaction.ts';
import { claimAccount } from '../claim-account.ts';
import { Employee } from '../employee.ts';
import type { SecondFactorAsked } from '../factors/ask-second-factor.ts';
import { factorChanged } from '../factors/factor-changed.ts';
import { beginSession, type SignedIn } from '../sign-in.ts';
import { Identity } from './identity.ts';
import type { ProviderPerson } from './provider.ts';
import { registerIdentity } from './register-identity.ts';

/** Why somebody whom the provider vouches for is not let in. */
export type IdentityRefusal =
  'email_unverified' | 'staff_unlinked' | 'address_unconfirmed' | 'registration_closed' | 'pending' | 'not_approved';

/**
 * Signs in whoever has this issuer and subject. Somebody new is met by their address, which the provider must have verified: an employee's
 * account is linked, staff never are (T05), a contact claims theirs, and a stranger is registered as the settings say. All of it is committed, refusals too.
 */
export async function signInWithIdentity(
  tx: Transaction,
  key: Buffer,
  { person, userAgent }: { person: ProviderPerson; userAgent: string },
): Promise<SignedIn | SecondFactorAsked | { refused: IdentityRefusal }> {
  await lockIdentity(tx, person);
  const met = (await findIdentity(tx, person)) ?? (await meet(tx, person));
  const refused = typeof met === 'string' ? met : refusalOf(met);
  if (typeof met !== 'string' && refused === null) {
    const authenticatedAt = earlier(person.authenticatedAt, tx.now);
    return beginSession(tx, key, { employee: met, userAgent, method: 'oidc', authenticatedAt });
  }
  const subject = typeof met === 'string' ? null : { type: 'employee', id: met.id };
  tx.audit({ action: 'identity.refused', actorId: null, outcome: 'refused', subject, data: { reason: refused } });
  return { refused: refused ?? 'not_approved' };
}

/** The same stranger twice at once is one stranger. */
export async function lockIdentity(
  { em }: Transaction,
  { issuer, subject }: Pick<ProviderPerson, 'issuer' | 'subject'>,
): Promise<void> {
  await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`identity ${issuer} ${subject}`]);
}

async function findIdentity(tx: Transaction, { issuer, subject }: ProviderPerson): Promise<Employee | null> {
  const identity = await tx.em.findOne(Identity, { issuer, subject });
  return identity && tx.em.findOneOrFail(Employee, identity.employeeId);
}

/** Somebody who was never here with this identity. */
async function meet(tx: Transaction, person: ProviderPerson): Promise<Employee | IdentityRefusal> {
  if (!person.email || !person.emailVerified) return 'email_unverified';
  const known = await tx.em.findOne(Employee, { email: person.email });
  if (!known) return registerIdentity(tx, person, person.email);
  if (known.role !== 'employee') return 'staff_unlinked';
  if (known.status === 'contact') return claimByIdentity(tx, person, known);
  if (known.status !== 'approved') return known;
  // Whoever registered with an address that is not theirs would keep a way in to the account of its owner.
  if (!known.emailConfirmedAt) return 'address_unconfirmed';
  await link(tx, person, known);
  return known;
}

/** The verified address shows whose mail it was, as a link sent there would: the account is theirs, with its tickets. */
async function claimByIdentity(tx: Transaction, person: ProviderPerson, contact: Employee): Promise<Employee> {
  contact.firstName ||= person.firstName;
  contact.lastName ||= person.lastName;
  await claimAccount(tx, contact);
  await link(tx, person, contact);
  return contact;
}

async function link(tx: Transaction, { issuer, subject }: ProviderPerson, { id: employeeId }: Employee): Promise<void> {
  tx.em.create(Identity, { employeeId, issuer, subject, createdAt: tx.now });
  await factorChanged(tx, 'identity-linked', { employeeId });
}

function refusalOf({ status }: Employee): IdentityRefusal | null {
  if (status === 'approved') return null;
  return status === 'pending' ? 'pending' : 'not_approved';
}

const earlier = (one: Date | null, other: Date) => (one && one < other ? one : other);
