import type { Transaction } from '../../db/transaction.ts';
import { Employee } from '../employee.ts';
import { SIGN_IN_METHODS, type SignInMethod } from '../session.ts';
import { openSession, type SignedIn } from '../sign-in.ts';
import { closeChallenge, findChallenge, type Challenge } from './challenge.ts';
import { checkSecondFactor, type FactorAnswer, type FactorDeps } from './check-second-factor.ts';

/**
 * Answers the second question and opens the session. `gone`: the question ran out, was answered, or the account changed since the first
 * factor. A wrong answer leaves the question open and is counted, so the caller commits in any case.
 */
export async function completeSignIn(
  tx: Transaction,
  deps: FactorDeps & { refresh: Buffer },
  given: { challenge: string; answer: FactorAnswer; userAgent: string },
): Promise<SignedIn | 'gone' | 'wrong' | 'limited'> {
  const { challenge, answer, userAgent } = given;
  const asked = await findChallenge(tx, 'second-factor', challenge);
  const person = asked && (await unchanged(tx, asked));
  if (!asked || !person) return 'gone';
  const checked = await checkSecondFactor(tx, deps, { employeeId: person.id, challenge, answer });
  if (checked !== 'right') return checked;
  await closeChallenge(tx, asked);
  return openSession(tx, deps.refresh, { employee: person, userAgent, method: methodOf(asked) });
}

/** Whoever the question was put to, if they may still sign in and the account is as it was. */
async function unchanged(tx: Transaction, { employeeId, data }: Challenge): Promise<Employee | null> {
  return employeeId === null
    ? null
    : tx.em.findOne(Employee, { id: employeeId, status: 'approved', version: Number(data['version']) });
}

function methodOf({ data }: Challenge): SignInMethod {
  return SIGN_IN_METHODS.find((name) => name === data['method']) ?? 'password';
}
