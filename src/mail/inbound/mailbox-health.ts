import type { Transaction } from '../../db/transaction.ts';
import type { Log } from '../../log.ts';
import type { Mailbox } from '../mailbox.ts';
import { SourceUnavailable } from '../sources/unavailable.ts';

/** More changes of the numbering within a day than this, and the mailbox waits for a person: something is wrong with the server. */
const RENUMBERINGS = 3;
const DAY = 24 * 3_600_000;
const LONGEST = 500;

/** It was read: whatever troubled it is over. */
export async function noteHealthy(tx: Transaction, id: number): Promise<void> {
  await tx.em.execute(
    `update mailbox set state = 'ok', trouble = null, trouble_since = null, alerted_at = null, last_error = null
      where id = ? and (state = 'failing' or last_error is not null)`,
    [id],
  );
}

/** It could not be read, and why. */
export async function noteTrouble(tx: Transaction, id: number, error: unknown): Promise<void> {
  const trouble = error instanceof SourceUnavailable ? error.trouble : 'unreachable';
  const words = error instanceof Error ? error.message : String(error);
  await tx.em.execute(
    `update mailbox set state = 'failing', trouble = ?, trouble_since = coalesce(trouble_since, ?), last_error = ? where id = ? and state <> 'stopped'`,
    [trouble, tx.now, words.slice(0, LONGEST), id],
  );
}

/** Remembers that the server numbered all messages anew. True: too often, so that the mailbox is stopped and nothing else may change. */
export async function noteRenumbering(tx: Transaction, mailbox: Mailbox, words: string): Promise<boolean> {
  const recent = mailbox.renumberedAt.filter((at) => tx.now.getTime() - Date.parse(at) < DAY);
  const all = [...recent, tx.now.toISOString()];
  await tx.em.execute('update mailbox set renumbered_at = ?::jsonb where id = ?', [JSON.stringify(all), mailbox.id]);
  if (all.length <= RENUMBERINGS) return false;
  const error = `The server numbered all messages anew ${all.length} times within a day; the last time ${words}`;
  await tx.em.execute(
    `update mailbox set state = 'stopped', trouble = 'renumbered', trouble_since = ?, last_error = ? where id = ?`,
    [tx.now, error.slice(0, LONGEST), mailbox.id],
  );
  return true;
}

/** Minutes that a mailbox may be in trouble before somebody is told. */
const ALERT_AFTER = 4;

/** Raises the alarm, once, when the mailbox was stopped or could not be read for some minutes. */
export async function alertIfLong(tx: Transaction, id: number, log: Log): Promise<void> {
  const [row] = await tx.em.execute<{ trouble: string; state: string }[]>(
    `update mailbox set alerted_at = ? where id = ? and alerted_at is null
        and (state = 'stopped' or trouble_since <= ?::timestamptz - make_interval(mins => ?)) returning state, trouble`,
    [tx.now, id, tx.now, ALERT_AFTER],
  );
  if (row) log.error({ mailboxId: id, ...row }, 'a mailbox is not read any more: see smartsupport doctor');
}

/** A person has looked at a stopped mailbox: it is read again. */
export async function resumeMailbox(tx: Transaction, id: number): Promise<void> {
  await tx.em.execute(
    `update mailbox set state = 'ok', trouble = null, trouble_since = null, alerted_at = null, last_error = null, renumbered_at = '[]' where id = ? and state = 'stopped'`,
    [id],
  );
}
