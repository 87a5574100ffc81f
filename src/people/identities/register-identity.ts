import type { Transaction } from '../../db/transaction.ts';
import { readSettings } from '../../settings/read-settings.ts';
import type { Settings } from '../../settings/schema.ts';
import { moveAccount } from '../account-lifecycle.ts';
import { sendAccountNotice } from '../account-notice.ts';
import { nextCompanyId } from '../company-id.ts';
import type { Employee } from '../employee.ts';
import { findOrMakePerson } from '../find-or-make-person.ts';
import { Identity } from './identity.ts';
import type { ProviderPerson } from './provider.ts';

/**
 * Registers a stranger whom the provider vouches for, as the registration form would: where registration is open to their address, and
 * pending until an admin has approved it.
 */
export async function registerIdentity(
  tx: Transaction,
  { issuer, subject, firstName, lastName }: ProviderPerson,
  email: string,
): Promise<Employee | 'registration_closed'> {
  const settings = await readSettings(tx);
  if (!isOpen(settings, email)) return 'registration_closed';
  const person = await findOrMakePerson(tx, email);
  const { id: employeeId } = person;
  moveAccount(person, 'register');
  Object.assign(person, {
    ...{ firstName, lastName, companyId: await nextCompanyId(tx), locale: settings.locale },
    ...{ emailConfirmedAt: tx.now, registeredAt: tx.now, updatedAt: tx.now },
  });
  tx.em.create(Identity, { employeeId, issuer, subject, createdAt: tx.now });
  const subjectOf = { type: 'employee', id: employeeId };
  tx.audit({ action: 'employee.registered', actorId: employeeId, subject: subjectOf, data: { by: 'oidc' } });
  await sendAccountNotice(tx, { employeeId, template: 'registration-pending' });
  return person;
}

function isOpen({ registration, registration_domains: domains }: Settings, email: string): boolean {
  if (registration === 'domains') return domains.includes(email.slice(email.lastIndexOf('@') + 1));
  return registration === 'open';
}
