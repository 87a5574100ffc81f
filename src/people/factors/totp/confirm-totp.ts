import type { Transaction } from '../../../db/transaction.ts';
import { fieldError } from '../../../errors.ts';
import type { Keyring } from '../../../secrets.ts';
import type { Session } from '../../session.ts';
import { factorChanged } from '../factor-changed.ts';
import { finishEnrolment } from '../finish-enrolment.ts';
import { readFactors } from '../read-factors.ts';
import { checkTotp } from './check-totp.ts';

/** The app shows the right code: it is a factor from now on. Gives recovery codes with the first one, else null. */
export async function confirmTotp(
  tx: Transaction,
  sealing: Keyring,
  { employeeId, session, code }: { employeeId: number; session: Session | null; code: string },
): Promise<string[] | null> {
  const before = await readFactors(tx, employeeId);
  const totp = await checkTotp(tx, sealing, { employeeId, code, confirmed: false });
  if (!totp) throw fieldError('code', 'is not the code that the app shows now');
  totp.confirmedAt = tx.now;
  await factorChanged(tx, 'totp-added', { employeeId });
  return finishEnrolment(tx, { session, employeeId, before });
}
