import type { Transaction } from '../db/transaction.ts';
import type { Employee } from './employee.ts';
import { endSessions } from './end-sessions.ts';

/** Ends every session of somebody else, such as after a lost laptop. Gives how many there were. */
export async function signOutEmployee(tx: Transaction, { id }: Employee, actor: Employee): Promise<number> {
  const sessions = await endSessions(tx, id);
  tx.audit({
    ...{ action: 'employee.signed_out', actorId: actor.id, subject: { type: 'employee', id } },
    data: { sessions },
  });
  return sessions;
}
