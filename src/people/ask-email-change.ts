import type { Transaction } from '../db/transaction.ts';
import { fieldError } from '../errors.ts';
import { readSettings } from '../settings/read-settings.ts';
import { endLinks, makeLink } from './account-link.ts';
import { sendAccountNotice } from './account-notice.ts';
import type { Employee } from './employee.ts';

/**
 * Sends a link to the address that a person wants to have from now on; nothing changes before it is opened. Whether somebody has the address already
 * is told to whoever reads its mail, not to who asks.
 */
export async function askEmailChange(tx: Transaction, actor: Employee, key: Buffer, given: string): Promise<void> {
  const email = given.toLowerCase();
  if (email === actor.email) throw fieldError('email', 'is the one you have');
  const { registration, registration_domains } = await readSettings(tx);
  const domain = email.slice(email.lastIndexOf('@') + 1);
  if (registration === 'domains' && !registration_domains.includes(domain))
    throw fieldError('email', 'must be an address of the organisation');
  await endLinks(tx, actor.id, 'change-email');
  const linkId = await makeLink(tx, key, { employeeId: actor.id, purpose: 'change-email', data: { email } });
  await sendAccountNotice(tx, { employeeId: actor.id, template: 'confirm-email', recipient: email, linkId });
  const subject = { type: 'employee', id: actor.id };
  tx.audit({ action: 'email.change_asked', actorId: actor.id, subject });
}
