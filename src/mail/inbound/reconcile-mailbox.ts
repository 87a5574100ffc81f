import type { RunTransaction, Transaction } from '../../db/transaction.ts';
import type { Log } from '../../log.ts';
import type { Source } from '../sources/source.ts';
import { discover, unknownKeys } from './discover.ts';
import { isCurrent, pollMailbox, type ReadState } from './poll-mailbox.ts';

/** Milliseconds between two comparisons, and the days that each goes back. */
export const RECONCILE = {
  soon: { every: 10 * 60_000, days: 3 },
  deep: { every: 24 * 3_600_000, days: 14 },
} as const;
export type Depth = keyof typeof RECONCILE;

export interface Reconciled {
  state: ReadState;
  missed: number;
  stopped: boolean;
  /** Up to where everything was compared, for the next time; null: nobody can say. */
  mark: string | null;
}

/**
 * Compares the source's own list of the last days with the ledger: what the cursor passed by (a message that appeared late under a low number) is
 * discovered now, and counted as missed. The deep comparison also tries again what could not be fetched. Gives the state to read on from,
 * and the mark, which is worth something only now that all before it is committed.
 */
export async function reconcileMailbox(
  { transaction, log }: { transaction: RunTransaction; log: Log },
  state: ReadState,
  source: Source,
  depth: Depth,
  mark: string | null = null,
): Promise<Reconciled> {
  const { keys, mark: next } = await listToCompare(source, depth, mark);
  // Behind the list, so that whatever it saw and the cursor finds too was not missed, only new.
  const polled = await pollMailbox(transaction, state, source);
  if (polled.renumbered || polled.stopped)
    return { state: polled.state, missed: 0, stopped: polled.stopped, mark: null };
  const missed = await transaction(async (tx) => {
    if (!(await isCurrent(tx, state))) return 0;
    const unknown = await unknownKeys(tx, state.id, keys);
    const found = await discover(tx, { mailboxId: state.id, keys: unknown, quiet: false, renumbered: false });
    if (depth === 'deep') await tryAgain(tx, state.id, keys);
    const columns = depth === 'deep' ? 'reconciled_at = ?, deep_reconciled_at = ?' : 'reconciled_at = ?';
    const now = depth === 'deep' ? [tx.now, tx.now] : [tx.now];
    await tx.em.execute(`update mailbox set ${columns}, missed_total = missed_total + ? where id = ?`, [
      ...now,
      found,
      state.id,
    ]);
    return found;
  });
  if (missed > 0) log.warn({ mailboxId: state.id, missed }, 'messages were missed, and are found by comparison');
  return { state: polled.state, missed, stopped: false, mark: next };
}

/** The deep comparison believes nobody who says that nothing changed. */
async function listToCompare(source: Source, depth: Depth, mark: string | null) {
  const { days } = RECONCILE[depth];
  if (depth === 'soon' && source.listChanges) return source.listChanges(days, mark);
  return { keys: (await source.listSince?.(days)) ?? [], mark };
}

/** The server may have got well since it was given up: one more try for what it still lists and never gave. */
async function tryAgain(tx: Transaction, mailboxId: number, keys: readonly string[]): Promise<void> {
  await tx.em.execute(
    `update inbound_message i set state = 'discovered', decision = null, reason = null, finished_at = null, untold = true, next_at = ?
       from inbound_key k where k.inbound_message_id = i.id and i.mailbox_id = ? and i.state = 'quarantined' and i.raw_sha256 is null
        and i.reason like 'could not be fetched%' and k.source_key in (select jsonb_array_elements_text(?::jsonb))`,
    [tx.now, mailboxId, JSON.stringify(keys)],
  );
}
