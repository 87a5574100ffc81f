import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { readSettings } from '../settings/read-settings.ts';
import type { Settings } from '../settings/schema.ts';
import { sendAccountNotice } from './account-notice.ts';
import { nextCompanyId } from './company-id.ts';
import type { Employee } from './employee.ts';

/**
 * A link has shown that the address is the person's. Who only ever wrote by mail has an account from now on, with the tickets of that address: approved
 * where the settings let people in by themselves, else waiting for an admin. `gone` when the account was closed since the link was sent.
 */
export async function claimAccount(tx: Transaction, employee: Employee): Promise<void> {
  if (employee.status !== 'approved' && employee.status !== 'contact')
    throw new AppError('gone', 'This link was used or has expired: ask for a new one');
  employee.emailConfirmedAt ??= tx.now;
  if (employee.status === 'approved') return;
  employee.status = mayComeIn(await readSettings(tx), employee.email) ? 'approved' : 'pending';
  employee.companyId ??= await nextCompanyId(tx);
  employee.registeredAt = tx.now;
  employee.decidedAt = employee.status === 'approved' ? tx.now : null;
  employee.updatedAt = tx.now;
  employee.version += 1;
  const { id, status } = employee;
  tx.audit({ action: 'employee.claimed', actorId: id, subject: { type: 'employee', id }, data: { status } });
  if (status === 'pending') await sendAccountNotice(tx, { employeeId: id, template: 'registration-pending' });
}

/** `open` lets in everybody, `domains` the addresses of the organisation, `closed` nobody without an admin. */
function mayComeIn({ registration, registration_domains }: Settings, email: string): boolean {
  const domain = email.slice(email.lastIndexOf('@') + 1);
  return registration === 'open' || (registration === 'domains' && registration_domains.includes(domain));
}
