import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { endLinks, INVITATION_MINUTES, makeLink } from './account-link.ts';
import { sendAccountNotice } from './account-notice.ts';
import type { Employee } from './employee.ts';

/** Mails a link to choose a password, good for 72 hours; an earlier one ends. No password is ever in a mail. */
export async function inviteEmployee(
  tx: Transaction,
  links: Buffer,
  { id, status }: Employee,
  actor: Employee,
): Promise<void> {
  if (status !== 'approved')
    throw new AppError('invalid_transition', `An account that is ${status} cannot be invited`, { status });
  await endLinks(tx, id, 'reset-password');
  const linkId = await makeLink(tx, links, { employeeId: id, purpose: 'reset-password', minutes: INVITATION_MINUTES });
  await sendAccountNotice(tx, { employeeId: id, template: 'invitation', linkId });
  tx.audit({ action: 'employee.invited', actorId: actor.id, subject: { type: 'employee', id } });
}
