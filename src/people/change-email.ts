import { LockMode, UniqueConstraintViolationException } from '@mikro-orm/postgresql';
import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { endLinks, useLink } from './account-link.ts';
import { sendAccountNotice } from './account-notice.ts';
import { Employee } from './employee.ts';

/** Changes the address of an account by the link that was sent to the new one; the old one hears of it. `conflict` when somebody has the new one. */
export async function changeEmail(tx: Transaction, token: string): Promise<void> {
  const link = await useLink(tx, 'change-email', token);
  const employee = await tx.em.findOneOrFail(Employee, link.employeeId, { lockMode: LockMode.PESSIMISTIC_WRITE });
  const email = String(link.data['email']);
  if (employee.status !== 'approved')
    throw new AppError('gone', 'This link was used or has expired: ask for a new one');
  const before = employee.email;
  employee.email = email;
  employee.emailConfirmedAt = tx.now;
  employee.updatedAt = tx.now;
  employee.version += 1;
  await tx.em.flush().catch(explain);
  // What was sent to the old address must open nothing any more.
  await endLinks(tx, employee.id);
  const { id } = employee;
  tx.audit({ action: 'email.changed', actorId: id, subject: { type: 'employee', id } });
  await sendAccountNotice(tx, { employeeId: id, template: 'email-changed', recipient: before, data: { email } });
}

function explain(error: unknown): never {
  if (error instanceof UniqueConstraintViolationException)
    throw new AppError('conflict', 'This address belongs to another account: an admin can help');
  throw error;
}
