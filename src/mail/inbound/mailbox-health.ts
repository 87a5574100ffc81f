import type { Transaction } from '../../db/transaction.ts';
import type { Mailbox } from '../mailbox.ts';
import { tellAdmins } from './tell-admins.ts';
import { SourceUnavailable } from '../sources/unavailable.ts';

/** More changes of the numbering within a day than this, and the mailbox waits for a person: something is wrong with the server. */
const RENUMBERINGS = 3;
const DAY = 24 * 3_600_000;
const LONGEST = 500;

/** It was read: whatever troubled it is over, which those are told who were told of the trouble. */
export async function noteHealthy(tx: Transaction, id: number): Promise<void> {
  const [was] = await tx.em.execute<{ name: string; address: string; alarmed: boolean }[]>(
    `update mailbox m set state = 'ok', trouble = null, trouble_since = null, alerted_at = null, last_error = null
       from (select id, alerted_at from mailbox where id = ? for update) as old
      where m.id = old.id and (m.state = 'failing' or m.last_error is not null or m.alerted_at is not null)
      returning m.name, m.address, old.alerted_at is not null as alarmed`,
    [id],
  );
  if (was?.alarmed) await tellAdmins(tx, 'mailbox-recovered', { email: was.address, change: was.name });
}

/** It could not be read, and why. `clean` leaves out what a server has repeated of our secrets. */
export async function noteTrouble(
  tx: Transaction,
  id: number,
  error: unknown,
  clean: (text: string) => string = (text) => text,
): Promise<void> {
  const trouble = error instanceof SourceUnavailable ? error.trouble : 'unreachable';
  const words = clean(error instanceof Error ? error.message : String(error));
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

/** A person has looked at a stopped mailbox: it is read again. */
export async function resumeMailbox(tx: Transaction, id: number): Promise<void> {
  await tx.em.execute(
    `update mailbox set state = 'ok', trouble = null, trouble_since = null, alerted_at = null, last_error = null, renumbered_at = '[]' where id = ? and state = 'stopped'`,
    [id],
  );
}
