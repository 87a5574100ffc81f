import type { Transaction } from '../../../db/transaction.ts';
import { AppError, fieldError } from '../../../errors.ts';
import { displayName, type Employee } from '../../employee.ts';
import { readSettings } from '../../../settings/read-settings.ts';
import type { Session } from '../../session.ts';
import { makeChallenge, takeChallenge } from '../challenge.ts';
import { factorChanged } from '../factor-changed.ts';
import { finishEnrolment } from '../finish-enrolment.ts';
import { readFactors } from '../read-factors.ts';
import { creationOptions, verifyCreation, type CeremonyOptions, type NewCredential, type Site } from './ceremony.ts';
import { Passkey } from './passkey.ts';

const MOST = 20;

/** Asks a person for a new passkey: the challenge, and the options for `navigator.credentials.create`. */
export async function askNewPasskey(
  tx: Transaction,
  person: Employee,
  site: Site,
): Promise<{ challenge: string; options: CeremonyOptions }> {
  const { passkeys: known } = await readFactors(tx, person.id);
  if (known.length >= MOST) throw new AppError('conflict', `${MOST} passkeys are enough: remove one first`);
  const challenge = await makeChallenge(tx, 'passkey-add', { employeeId: person.id });
  const { organisation_name: name } = await readSettings(tx);
  const { id, email } = person;
  return {
    challenge,
    options: await creationOptions({ ...site, name }, challenge, { id, email, name: displayName(person), known }),
  };
}

/** The new passkey, with recovery codes if it is the first factor. */
export async function addPasskey(
  tx: Transaction,
  site: Site,
  given: { employeeId: number; session: Session | null; challenge: string; name: string; credential: NewCredential },
): Promise<{ passkey: Passkey; recoveryCodes: string[] | null }> {
  const { employeeId, session, challenge, name, credential } = given;
  const before = await readFactors(tx, employeeId);
  const asked = await takeChallenge(tx, 'passkey-add', challenge);
  if (asked?.employeeId !== employeeId) throw new AppError('gone', 'That took too long: try again');
  const made = await verifyCreation(site, challenge, credential);
  if (!made) throw fieldError('credential', 'is not an answer to this challenge');
  if (await tx.em.findOne(Passkey, { credentialId: made.credentialId }))
    throw new AppError('conflict', 'This passkey is registered already');
  const passkey = tx.em.create(Passkey, { ...made, employeeId, name, createdAt: tx.now });
  await tx.em.flush();
  await factorChanged(tx, 'passkey-added', { employeeId });
  return { passkey, recoveryCodes: await finishEnrolment(tx, { session, employeeId, before }) };
}
