import type { Transaction } from '../../db/transaction.ts';
import type { Employee } from '../employee.ts';
import type { SignInMethod } from '../session.ts';
import { CHALLENGE_MINUTES, findChallenge, makeChallenge } from './challenge.ts';
import { requestOptions, type CeremonyOptions, type Site } from './passkeys/ceremony.ts';
import { methodsOf, readFactors, type FactorMethod, type Factors } from './read-factors.ts';

/** The first factor was right, and there is a second one: the token of the question that is open now. */
export interface SecondFactorAsked {
  challenge: string;
  methods: FactorMethod[];
}

/** What the client needs to answer the question. */
export interface SecondFactorQuestion extends SecondFactorAsked {
  /** For `navigator.credentials.get`; null: no passkey. */
  passkey: CeremonyOptions | null;
  /** seconds from when it was put */
  expiresIn: number;
}

/** Asks for the second factor after the first one; null: the person has none. */
export async function askSecondFactor(
  tx: Transaction,
  { id: employeeId, version }: Employee,
  method: SignInMethod,
): Promise<SecondFactorAsked | null> {
  const methods = methodsOf(await readFactors(tx, employeeId));
  if (methods.length === 0) return null;
  return { challenge: await makeChallenge(tx, 'second-factor', { employeeId, data: { method, version } }), methods };
}

/** The open question of a token, with the passkeys that answer it; null: there is none, or not any more. */
export async function readQuestion(
  tx: Transaction,
  site: Site,
  challenge: string,
): Promise<SecondFactorQuestion | null> {
  const asked = await findChallenge(tx, 'second-factor', challenge);
  if (asked === null || asked.employeeId === null) return null;
  return questionOf(site, challenge, await readFactors(tx, asked.employeeId), 'second-factor');
}

/** Asks who is signed in to show again that it is them (ASVS 7.5.1): a factor, where they have one. */
export async function askConfirmation(tx: Transaction, site: Site, employeeId: number): Promise<SecondFactorQuestion> {
  const challenge = await makeChallenge(tx, 'confirm', { employeeId });
  return questionOf(site, challenge, await readFactors(tx, employeeId), 'confirm');
}

async function questionOf(
  site: Site,
  challenge: string,
  factors: Factors,
  kind: 'second-factor' | 'confirm',
): Promise<SecondFactorQuestion> {
  const { passkeys } = factors;
  return {
    ...{ challenge, methods: methodsOf(factors) },
    passkey: passkeys.length > 0 ? await requestOptions(site, challenge, passkeys) : null,
    expiresIn: CHALLENGE_MINUTES[kind] * 60,
  };
}
