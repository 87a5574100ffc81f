import { LockMode } from '@mikro-orm/postgresql';
import type { Transaction } from '../db/transaction.ts';
import { useLink } from './account-link.ts';
import { sendAccountNotice } from './account-notice.ts';
import { claimAccount } from './claim-account.ts';
import { Employee } from './employee.ts';
import { endSessions } from './end-sessions.ts';
import { setPassword } from './set-password.ts';

/**
 * Sets a password by a link that was sent to the address (T06): once. It opens no session, so that a second factor is asked for as ever (ASVS
 * 6.4.3), and ends those that there are. A password that is refused leaves the link as it was.
 */
export async function resetPassword(tx: Transaction, given: { token: string; password: string }): Promise<Employee> {
  const link = await useLink(tx, 'reset-password', given.token);
  const employee = await tx.em.findOneOrFail(Employee, link.employeeId, { lockMode: LockMode.PESSIMISTIC_WRITE });
  const first = employee.passwordHash === null;
  await claimAccount(tx, employee);
  await setPassword(tx, employee, given.password);
  const ended = await endSessions(tx, employee.id);
  tx.audit({
    action: 'password.reset',
    actorId: employee.id,
    subject: { type: 'employee', id: employee.id },
    data: { sessions_ended: ended, first },
  });
  if (!first) await sendAccountNotice(tx, { employeeId: employee.id, template: 'password-changed' });
  return employee;
}
