import type { Transaction } from '../db/transaction.ts';
import type { Bearer } from './access-token.ts';
import { Employee } from './employee.ts';
import { Session } from './session.ts';

/** The employee a token speaks for, while the session lives and the account is approved and unchanged since; else null. */
export async function authenticateBearer(tx: Transaction, bearer: Bearer): Promise<Employee | null> {
  const alive = { id: bearer.sessionId, employee: bearer.employeeId, revokedAt: null, expiresAt: { $gt: tx.now } };
  const session = await tx.em.findOne(Session, alive, { populate: ['employee'] });
  const employee = session?.employee;
  return employee && employee.status === 'approved' && employee.version === bearer.version ? employee : null;
}
