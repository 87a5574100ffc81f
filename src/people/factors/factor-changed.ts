import type { Transaction } from '../../db/transaction.ts';
import { sendAccountNotice } from '../account-notice.ts';

/** What may change about the ways in to an account; the mail `second-factor-changed` says it by this word. */
export const FACTOR_CHANGES = [
  'totp-added',
  'totp-removed',
  'passkey-added',
  'passkey-removed',
  'recovery-codes-made',
  'recovery-code-used',
  'factors-reset',
  'identity-linked',
  'identity-unlinked',
] as const;
export type FactorChange = (typeof FACTOR_CHANGES)[number];

/** Writes a change into the audit log and tells its owner by mail, who may not have been the one who made it. */
export async function factorChanged(
  tx: Transaction,
  change: FactorChange,
  { employeeId, actorId = employeeId }: { employeeId: number; actorId?: number },
): Promise<void> {
  tx.audit({ action: `second_factor.${change}`, actorId, subject: { type: 'employee', id: employeeId } });
  await sendAccountNotice(tx, { employeeId, template: 'second-factor-changed', data: { change } });
}
