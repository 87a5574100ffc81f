import type { Transaction } from '../../db/transaction.ts';
import { Mailbox, POLLED } from '../mailbox.ts';
import { isDead } from './lease-holder.ts';

/** Seconds for which one worker has a mailbox to itself; renewed at every look, short for the case that it died. */
export const LEASE = 20;

/**
 * Renews the leases of this worker and takes those that nobody has, by the clock of the database, or whose worker is known to be dead. Gives all
 * mailboxes it has now; one it had and that is not among them is another's, switched off or stopped.
 */
export async function takeLeases(tx: Transaction, holder: string): Promise<Mailbox[]> {
  const others = await tx.em.execute<{ lease_holder: string }[]>(
    'select distinct lease_holder from mailbox where lease_until >= now() and lease_holder <> ?',
    [holder],
  );
  const free = [holder, ...others.map((row) => row.lease_holder).filter(isDead)];
  const rows = await tx.em.execute<{ id: string }[]>(
    `update mailbox set lease_holder = ?, lease_until = now() + make_interval(secs => ?)
      where enabled and state <> 'stopped' and source in (?)
        and (lease_holder in (?) or lease_until is null or lease_until < now()) returning id`,
    [holder, LEASE, [...POLLED], free],
  );
  const ids = rows.map(({ id }) => Number(id));
  return ids.length > 0 ? tx.em.find(Mailbox, { id: { $in: ids } }, { orderBy: { id: 'asc' } }) : [];
}

/** Lets others have them at once. */
export async function releaseLeases(tx: Transaction, holder: string): Promise<void> {
  await tx.em.execute('update mailbox set lease_until = null, lease_holder = null where lease_holder = ?', [holder]);
}

/** Whoever has the mailbox polls it at the next look: there is news that its own connection may not have told of. */
export async function wantMailbox(tx: Transaction, id: number): Promise<void> {
  await tx.em.execute('update mailbox set wanted_at = ? where id = ?', [tx.now, id]);
}
