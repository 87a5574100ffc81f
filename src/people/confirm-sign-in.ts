import type { Transaction } from '../db/transaction.ts';
import { AppError, fieldError } from '../errors.ts';
import type { Employee } from './employee.ts';
import { takeChallenge } from './factors/challenge.ts';
import { checkSecondFactor, type FactorAnswer, type FactorDeps } from './factors/check-second-factor.ts';
import { hasFactor, readFactors } from './factors/read-factors.ts';
import { verifyPassword } from './password.ts';
import type { Session } from './session.ts';

/** What is shown again: the password, and a second factor. `challenge` goes with a passkey. */
export interface Confirmation extends FactorAnswer {
  password?: string | undefined;
  challenge?: string | undefined;
}

/**
 * Makes a sign-in recent again (ASVS 7.5.1) by everything that the account has: the password where there is one, and a second factor where there
 * is one. `wrong_password`, `wrong_factor`; an account with neither signs in again instead.
 */
export async function confirmSignIn(
  tx: Transaction,
  deps: FactorDeps,
  { actor, session, given }: { actor: Employee; session: Session; given: Confirmation },
): Promise<void> {
  const factor = hasFactor(await readFactors(tx, actor.id));
  if (!actor.passwordHash && !factor) throw new AppError('wrong_password', 'You have no password here: sign in again');
  if (actor.passwordHash) await confirmPassword(actor.passwordHash, given.password);
  if (factor) await confirmFactor(tx, deps, actor, given);
  session.authenticatedAt = tx.now;
  tx.audit({ action: 'session.confirmed', actorId: actor.id, subject: { type: 'session', id: session.id } });
}

async function confirmPassword(hash: string, password: string | undefined): Promise<void> {
  if (password === undefined) throw fieldError('password', 'is needed');
  if (!(await verifyPassword(hash, password))) throw new AppError('wrong_password', 'The password is wrong');
}

/** Guesses are bounded by the limit of the route, which a rollback does not take back. */
async function confirmFactor(tx: Transaction, deps: FactorDeps, { id }: Employee, given: Confirmation): Promise<void> {
  const { code, recovery_code, passkey, challenge = '' } = given;
  if (code === undefined && recovery_code === undefined && passkey === undefined)
    throw fieldError('code', 'is needed, or another second factor');
  const asked = passkey === undefined || (await takeChallenge(tx, 'confirm', challenge))?.employeeId === id;
  const answer = { code, recovery_code, passkey };
  const checked = asked ? await checkSecondFactor(tx, deps, { employeeId: id, challenge, answer }) : 'wrong';
  if (checked !== 'right') throw new AppError('wrong_factor', 'The second factor is not right, or was used already');
}
