import type { Transaction } from '../db/transaction.ts';

/**
 * Ends the leases that a killed desk left behind. Only for a start that knows by its instance lock that nobody else works on this
 * database: otherwise what the lease protects would be done twice.
 */
export async function forgetLeases({ em }: Transaction): Promise<void> {
  await em.execute('update mailbox set lease_until = null where lease_until is not null');
  await em.execute(`update task set next_at = now() where state = 'running' and next_at > now()`);
  await em.execute(`update outbound_message set lease_until = null where lease_until is not null`);
}
