import type { Transaction } from '../db/transaction.ts';
import type { Role } from '../tickets/lifecycle.ts';
import { moveAccount } from './account-lifecycle.ts';
import { endLinks, INVITATION_MINUTES, makeLink } from './account-link.ts';
import { sendAccountNotice } from './account-notice.ts';
import { nextCompanyId } from './company-id.ts';
import type { Employee } from './employee.ts';

/**
 * Lets a registration in and says so by mail. A password counts only when the address was confirmed: else whoever registered somebody else's
 * address would get their tickets. Then the mail carries a link to choose one.
 */
export async function approveEmployee(
  tx: Transaction,
  links: Buffer,
  person: Employee,
  { actor, role = person.role }: { actor: Employee; role?: Role | undefined },
): Promise<void> {
  const { status: before, id } = person;
  moveAccount(person, 'approve');
  const proven = Boolean(person.emailConfirmedAt && person.passwordHash);
  if (!proven) person.passwordHash = null;
  person.companyId ??= await nextCompanyId(tx);
  Object.assign(person, { role, decidedAt: tx.now, decidedBy: actor.id, decisionReason: null, updatedAt: tx.now });
  person.version += 1;
  await endLinks(tx, id);
  const link = { employeeId: id, purpose: 'reset-password' as const, minutes: INVITATION_MINUTES };
  await sendAccountNotice(tx, {
    ...{ employeeId: id, template: 'registration-approved' },
    linkId: proven ? null : await makeLink(tx, links, link),
  });
  tx.audit({
    ...{ action: 'employee.approved', actorId: actor.id, subject: { type: 'employee', id } },
    data: { before, role, address_confirmed: Boolean(person.emailConfirmedAt) },
  });
}
