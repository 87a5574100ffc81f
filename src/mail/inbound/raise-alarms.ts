import type { Transaction } from '../../db/transaction.ts';
import type { Log } from '../../log.ts';
import { POLLED } from '../mailbox.ts';
import { tellAdmins } from './tell-admins.ts';

/** Minutes that a mailbox may be in trouble, and that nobody may have read it, before people are told: within five in any case. */
const ALARM_AFTER = { failing: 3, late: 4 };

const RAISE = `
  update mailbox set alerted_at = ? where enabled and alerted_at is null and (?::bigint is null or id = ?::bigint)
     and (state = 'stopped'
       or (state = 'failing' and trouble_since <= ?::timestamptz - make_interval(mins => ?))
       or (state = 'ok' and source in (?) and greatest(last_polled_at, updated_at, created_at) <= ?::timestamptz - make_interval(mins => ?)))
   returning id, name, address, state, trouble, last_error`;

interface Row {
  id: string;
  name: string;
  address: string;
  state: string;
  trouble: string | null;
  last_error: string | null;
}

/**
 * Tells of mailboxes that are not read any more, once each until they are: in the log, and by a mail to every admin, which does not go by the
 * mailbox that is in trouble. Any worker may find that nobody reads one. `only`: the one that its reader has just failed to read.
 */
export async function raiseAlarms(tx: Transaction, log: Log, only: number | null = null): Promise<void> {
  const { em, now } = tx;
  const rows = await em.execute<Row[]>(RAISE, [
    ...[now, only, only, now, ALARM_AFTER.failing, [...POLLED], now, ALARM_AFTER.late],
  ]);
  if (rows.length === 0) return;
  for (const { id, name, address, state, trouble, last_error } of rows) {
    log.error({ mailboxId: Number(id), state, trouble }, 'a mailbox is not read any more: see smartsupport doctor');
    await tellAdmins(tx, 'mailbox-failing', { email: address, change: name, reason: last_error ?? '' });
  }
}
