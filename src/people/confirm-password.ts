import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import type { Employee } from './employee.ts';
import { verifyPassword } from './password.ts';
import type { Session } from './session.ts';

/** Makes a sign-in recent again by the password (ASVS 7.5.1). `wrong_password` when it is another, or the person has none. */
export async function confirmPassword(
  tx: Transaction,
  { actor, session }: { actor: Employee; session: Session },
  password: string,
): Promise<void> {
  if (!(await verifyPassword(actor.passwordHash ?? null, password)))
    throw new AppError('wrong_password', 'The password is wrong');
  session.authenticatedAt = tx.now;
  tx.audit({ action: 'session.confirmed', actorId: actor.id, subject: { type: 'session', id: session.id } });
}
