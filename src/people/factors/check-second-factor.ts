import { randomUUID } from 'node:crypto';
import type { Transaction } from '../../db/transaction.ts';
import type { Keyring } from '../../secrets.ts';
import { factorChanged } from './factor-changed.ts';
import type { Assertion, Site } from './passkeys/ceremony.ts';
import { checkPasskey } from './passkeys/check-passkey.ts';
import { useRecoveryCode } from './recovery-codes.ts';
import { checkTotp } from './totp/check-totp.ts';

/** An answer to the second question: one of the three. */
export interface FactorAnswer {
  /** six digits */
  code?: string | undefined;
  recovery_code?: string | undefined;
  /** signed over the challenge */
  passkey?: Assertion | undefined;
}

export interface FactorDeps {
  sealing: Keyring;
  site: Site;
}

/** Wrong codes of one person within an hour, wherever they were given: a million codes are no match for 10 guesses an hour. */
const MOST_WRONG = 10;
/** Seconds */
export const WRONG_KEPT = 3600;

/**
 * Checks a second factor and uses it up. A wrong answer is counted and audited, so the caller commits. `limited`: too many wrong codes were
 * given to guess on; a passkey, which nobody guesses, is still welcome.
 */
export async function checkSecondFactor(
  tx: Transaction,
  deps: FactorDeps,
  given: { employeeId: number; challenge: string; answer: FactorAnswer },
): Promise<'right' | 'wrong' | 'limited'> {
  const { employeeId, answer } = given;
  // One answer of a person at a time: 100 at once are 100 guesses.
  await tx.em.execute('select id from employee where id = ? for no key update', [employeeId]);
  if (!answer.passkey && (await countWrong(tx, employeeId)) >= MOST_WRONG) return 'limited';
  if (await isRight(tx, deps, given)) return 'right';
  if (!answer.passkey) await rememberWrong(tx, employeeId);
  tx.audit({
    action: 'second_factor.wrong',
    actorId: employeeId,
    outcome: 'refused',
    subject: { type: 'employee', id: employeeId },
    data: { method: answer.passkey ? 'passkey' : answer.code ? 'totp' : 'recovery_code' },
  });
  return 'wrong';
}

async function isRight(
  tx: Transaction,
  { sealing, site }: FactorDeps,
  { employeeId, challenge, answer }: { employeeId: number; challenge: string; answer: FactorAnswer },
): Promise<boolean> {
  const { code, recovery_code: recoveryCode, passkey: assertion } = answer;
  if (assertion) return (await checkPasskey(tx, site, { employeeId, challenge, assertion })) !== null;
  if (code) return (await checkTotp(tx, sealing, { employeeId, code, confirmed: true })) !== null;
  if (!recoveryCode || !(await useRecoveryCode(tx, employeeId, recoveryCode))) return false;
  await factorChanged(tx, 'recovery-code-used', { employeeId });
  return true;
}

/** Wrong codes are rows of `challenge` that nobody can answer: they run out by themselves. */
async function rememberWrong({ em, now }: Transaction, employeeId: number): Promise<void> {
  await em.execute(
    `insert into challenge (id, kind, employee_id, created_at, expires_at) values (?, 'wrong-code', ?, ?, ?)`,
    [randomUUID(), employeeId, now, new Date(now.getTime() + WRONG_KEPT * 1000)],
  );
}

async function countWrong({ em, now }: Transaction, employeeId: number): Promise<number> {
  const [row] = await em.execute<{ n: string }[]>(
    `select count(*) as n from challenge where employee_id = ? and kind = 'wrong-code' and expires_at > ?`,
    [employeeId, now],
  );
  return Number(row?.n ?? 0);
}
