import type { Transaction } from '../../../db/transaction.ts';
import { AppError } from '../../../errors.ts';
import { seal, type Keyring } from '../../../secrets.ts';
import { readSettings } from '../../../settings/read-settings.ts';
import type { Person } from '../../employee.ts';
import { makeTotpSecret, totpUri } from './one-time-code.ts';
import { totpPlace } from './totp.ts';

/** A new secret for an authenticator app, shown once: base32, and the otpauth URI. It counts when a code of it was given (`confirmTotp`). */
export async function enrolTotp(
  tx: Transaction,
  person: Person,
  sealing: Keyring,
): Promise<{ secret: string; uri: string }> {
  const secret = makeTotpSecret();
  const [row] = await tx.em.execute<{ employee_id: string }[]>(
    `insert into totp (employee_id, secret, created_at) values (?, ?, ?)
     on conflict (employee_id) do update set secret = excluded.secret, created_at = excluded.created_at, last_step = 0
       where totp.confirmed_at is null
     returning employee_id`,
    [person.id, seal(sealing, secret, totpPlace(person.id)), tx.now],
  );
  if (!row) throw new AppError('conflict', 'There is an authenticator app already: remove it first');
  const { organisation_name: issuer } = await readSettings(tx);
  return { secret, uri: totpUri(secret, issuer, person.email) };
}
