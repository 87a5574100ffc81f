import type { Transaction } from '../../db/transaction.ts';
import type { Session } from '../session.ts';
import { hasFactor, type Factors } from './read-factors.ts';
import { makeRecoveryCodes } from './recovery-codes.ts';

/**
 * After a factor was set up in a session: it may do everything from now on, and other sessions that wait for a factor end, as they have not
 * shown it. With the first factor come recovery codes, else null.
 */
export async function finishEnrolment(
  tx: Transaction,
  { session, employeeId, before }: { session: Session | null; employeeId: number; before: Factors },
): Promise<string[] | null> {
  await tx.em.execute(
    `update session set revoked_at = ? where employee_id = ? and enrol_only and revoked_at is null and id <> ?`,
    [tx.now, employeeId, session?.id ?? 0],
  );
  if (session) session.enrolOnly = false;
  return hasFactor(before) ? null : makeRecoveryCodes(tx, employeeId);
}
