import type { Transaction } from '../db/transaction.ts';
import { AppError, fieldError } from '../errors.ts';
import { sendAccountNotice } from './account-notice.ts';
import type { Employee } from './employee.ts';
import { endSessions } from './end-sessions.ts';
import { hasFactor, readFactors } from './factors/read-factors.ts';
import { verifyPassword } from './password.ts';
import { isRecent, type Session } from './session.ts';
import { setPassword } from './set-password.ts';

/**
 * Changes the password of who is signed in, who shows the one they have; without one, a recent sign-in. Every other session ends (ASVS 7.4.3), and a
 * mail says what happened.
 */
export async function changePassword(
  tx: Transaction,
  { actor, session }: { actor: Employee; session: Session },
  given: { current: string | undefined; password: string },
): Promise<void> {
  await confirmIdentity(tx, actor, session, given.current);
  if (given.current === given.password) throw fieldError('new', 'is the one you have');
  await setPassword(tx, actor, given.password, 'new');
  const ended = await endSessions(tx, actor.id, { except: session.id });
  // Where there is a second factor, a sign-in is recent by that too (`confirmSignIn`).
  if (!hasFactor(await readFactors(tx, actor.id))) session.authenticatedAt = tx.now;
  tx.audit({
    action: 'password.changed',
    actorId: actor.id,
    subject: { type: 'employee', id: actor.id },
    data: { sessions_ended: ended },
  });
  await sendAccountNotice(tx, { employeeId: actor.id, template: 'password-changed' });
}

async function confirmIdentity(
  tx: Transaction,
  actor: Employee,
  session: Session,
  current: string | undefined,
): Promise<void> {
  if (actor.passwordHash === null || actor.passwordHash === undefined) {
    if (!isRecent(session, tx.now))
      throw new AppError('reauthentication_required', 'Sign in again before you choose a password');
    return;
  }
  if (current === undefined) throw fieldError('current', 'is the password that you have');
  if (!(await verifyPassword(actor.passwordHash, current)))
    throw new AppError('wrong_password', 'The password that you have is another one');
}
