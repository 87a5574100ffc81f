import type { Transaction } from '../db/transaction.ts';

/** Ends every session of a person, at once: each request looks at its session. Gives how many there were. */
export async function endSessions({ em, now }: Transaction, employeeId: number): Promise<number> {
  const ended = await em.execute<unknown[]>(
    'update session set revoked_at = ? where employee_id = ? and revoked_at is null and expires_at > ? returning id',
    [now, employeeId, now],
  );
  return ended.length;
}
