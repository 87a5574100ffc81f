import type { Transaction } from '../../db/transaction.ts';
import { readSettings } from '../../settings/read-settings.ts';
import type { Settings } from '../../settings/schema.ts';
import { sendAccountNotice } from '../account-notice.ts';
import { Employee } from '../employee.ts';
import { Identity } from './identity.ts';
import type { ProviderPerson } from './provider.ts';

/**
 * Registers a stranger whom the provider vouches for, as the registration form would: where registration is open to their address, and
 * pending until an admin has approved it. A contact becomes the account, with their tickets.
 */
export async function registerIdentity(
  tx: Transaction,
  { issuer, subject, firstName, lastName }: ProviderPerson,
  email: string,
  contact: Employee | null,
): Promise<Employee | 'registration_closed'> {
  const settings = await readSettings(tx);
  if (!isOpen(settings, email)) return 'registration_closed';
  const [next] = await tx.em.execute<{ n: string }[]>(`select nextval('company_id') as n`);
  const known = {
    ...{ firstName, lastName, companyId: `MA${String(next?.n ?? '').padStart(4, '0')}` },
    ...{ status: 'pending' as const, registeredAt: tx.now, emailConfirmedAt: tx.now, updatedAt: tx.now },
  };
  const employee = contact
    ? tx.em.assign(contact, { ...known, version: contact.version + 1 })
    : tx.em.create(Employee, { ...known, email, role: 'employee', locale: settings.locale, createdAt: tx.now });
  await tx.em.flush();
  tx.em.create(Identity, { employeeId: employee.id, issuer, subject, createdAt: tx.now });
  tx.audit({
    action: 'employee.registered',
    actorId: employee.id,
    subject: { type: 'employee', id: employee.id },
    data: { by: 'oidc' },
  });
  await sendAccountNotice(tx, { employeeId: employee.id, template: 'registration-pending' });
  return employee;
}

function isOpen({ registration, registration_domains: domains }: Settings, email: string): boolean {
  if (registration === 'domains') return domains.includes(email.slice(email.lastIndexOf('@') + 1));
  return registration === 'open';
}
