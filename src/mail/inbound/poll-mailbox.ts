import type { RunTransaction, Transaction } from '../../db/transaction.ts';
import { faultPoint } from '../../fault-point.ts';
import { Mailbox } from '../mailbox.ts';
import type { Listing, Source } from '../sources/source.ts';
import { noteHealthy, noteRenumbering } from './mailbox-health.ts';
import { discover } from './discover.ts';

/** What reading a mailbox goes on from. */
export type ReadState = Pick<Mailbox, 'id' | 'version' | 'cursor' | 'liveSince' | 'history'>;

export interface Polled {
  found: number;
  state: ReadState;
  renumbered: boolean;
  /** It must not be read on: a person has to look at it, or it was changed meanwhile and is read anew. */
  stopped: boolean;
}

/**
 * Lists what is new at the source and writes ledger rows `discovered` and the cursor, together. Never parses, never fetches: one
 * bad message cannot hold the cursor.
 */
export async function pollMailbox(transaction: RunTransaction, state: ReadState, source: Source): Promise<Polled> {
  const listing = await source.list(state.cursor);
  const polled = await transaction((tx) => take(tx, state, listing));
  faultPoint('D2');
  return polled;
}

async function take(tx: Transaction, read: ReadState, { keys, cursor, renumbered }: Listing): Promise<Polled> {
  const { id, version } = read;
  // What was listed under another configuration says nothing of this one, its cursor least of all.
  if (!(await isCurrent(tx, read))) return { found: 0, state: read, renumbered: false, stopped: true };
  const mailbox = await tx.em.findOneOrFail(Mailbox, id, { refresh: true });
  const { history, liveSince } = mailbox;
  if (renumbered && (await noteRenumbering(tx, mailbox, renumbered)))
    return {
      found: 0,
      state: { id, version, cursor: mailbox.cursor, history, liveSince },
      renumbered: true,
      stopped: true,
    };
  // What is there at the first look is history, and is imported as such.
  const quiet = liveSince === null && history === 'quiet';
  const found = await discover(tx, { mailboxId: id, keys, quiet, renumbered: renumbered !== undefined });
  if (renumbered) await forgetOldNumbers(tx, id, keys, renumbered);
  await tx.em.execute(
    'update mailbox set cursor = ?::jsonb, last_polled_at = ?, live_since = coalesce(live_since, ?) where id = ?',
    [...[JSON.stringify(cursor), tx.now, tx.now, id]],
  );
  await noteHealthy(tx, id);
  faultPoint('D1');
  const state = { id, version, cursor, history, liveSince: liveSince ?? tx.now };
  return { found, state, renumbered: renumbered !== undefined, stopped: false };
}

/** Whether the mailbox is still the one that was read; held until the commit. */
export async function isCurrent(
  { em }: Transaction,
  { id, version }: Pick<ReadState, 'id' | 'version'>,
): Promise<boolean> {
  const rows = await em.execute<unknown[]>('select 1 from mailbox where id = ? and version = ? for no key update', [
    ...[id, version],
  ]);
  return rows.length > 0;
}

/** Under its old number nothing can be fetched any more; what is still there was listed with a new one in this very transaction. */
async function forgetOldNumbers(tx: Transaction, mailboxId: number, keys: readonly string[], renumbered: string) {
  await tx.em.execute(
    `update inbound_message i set state = 'vanished', reason = ?, finished_at = ?, untold = false from inbound_key k
      where k.inbound_message_id = i.id and i.mailbox_id = ? and i.state = 'discovered'
        and not exists (select from jsonb_array_elements_text(?::jsonb) as listed(key) where listed.key = k.source_key)`,
    [
      `renumbered: ${renumbered}; what is still there came again with a new number`,
      tx.now,
      mailboxId,
      JSON.stringify(keys),
    ],
  );
}
