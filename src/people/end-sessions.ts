import type { Transaction } from '../db/transaction.ts';
import { alive, Session } from './session.ts';

/** Ends what sessions a person has, all, all but one or one, and gives their number. Their access tokens end with them. */
export async function endSessions(
  tx: Transaction,
  employeeId: number,
  { except, only }: { except?: number; only?: number } = {},
): Promise<number> {
  const which = {
    ...(except !== undefined && { id: { $ne: except } }),
    ...(only !== undefined && { id: only }),
  };
  return tx.em.nativeUpdate(Session, { employee: employeeId, ...alive(tx.now), ...which }, { revokedAt: tx.now });
}
