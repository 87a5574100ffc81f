import type { Transaction } from '../../db/transaction.ts';
import type { Blob } from '../../files/blob-store.ts';
import type { Mailbox } from '../mailbox.ts';

/** A message whose bytes are in the blob store, to be noted. */
export interface Kept extends Blob {
  id: number;
  receivedAt: Date | null;
}

/** After so many failures a message waits for a person. */
const TRIES = 8;
/** Clocks differ: what the server took shortly before our first look may as well have come after it. */
const SLACK = 3_600_000;

const MARK = `
  update inbound_message i set state = 'fetched', raw_sha256 = f.sha256, raw_size = f.size, received_at = f.received, quiet = i.quiet or f.history,
      attempts = 0, next_at = ?, last_error = null
    from jsonb_to_recordset(?::jsonb) as f(id bigint, sha256 text, size bigint, received timestamptz, history boolean)
   where i.id = f.id and i.state = 'discovered' returning i.id, i.renumbered`;

/** The same bytes in the same mailbox under an older number: the message that is known already. */
const MATCH = `
  update inbound_message i set state = 'suppressed', decision = 'suppress', finished_at = ?, ticket_id = o.ticket_id, comment_id = o.comment_id,
      mail_message_id = o.mail_message_id, from_address = o.from_address, subject = o.subject,
      reason = 'renumbered: the same bytes came before, as delivery ' || o.id
    from (select distinct on (n.id) n.id as fresh, b.* from inbound_message n join inbound_message b
            on b.mailbox_id = n.mailbox_id and b.raw_sha256 = n.raw_sha256 and b.id < n.id where n.id in (?) order by n.id, b.id) o
   where i.id = o.fresh and i.renumbered returning i.id`;

/** Notes what was kept and has it ingested, save what only got a new number. What the server took before we first looked is history. */
export async function markFetched(
  tx: Transaction,
  { liveSince, history }: Pick<Mailbox, 'liveSince' | 'history'>,
  kept: readonly Kept[],
): Promise<void> {
  const begin = liveSince && history === 'quiet' ? liveSince.getTime() - SLACK : 0;
  const rows = kept.map(({ id, sha256, size, receivedAt }) => {
    return { id, sha256, size, received: receivedAt, history: receivedAt !== null && receivedAt.getTime() < begin };
  });
  const marked = await tx.em.execute<{ id: string; renumbered: boolean }[]>(MARK, [tx.now, JSON.stringify(rows)]);
  const renumbered = marked.filter((row) => row.renumbered).map(({ id }) => id);
  const known = renumbered.length > 0 ? await tx.em.execute<{ id: string }[]>(MATCH, [tx.now, renumbered]) : [];
  const done = new Set(known.map(({ id }) => id));
  for (const { id } of marked) if (!done.has(id)) tx.wake('ingest-messages', Number(id));
}

/** The end of a message whose bytes never came. */
export async function finishUnfetched(
  tx: Transaction,
  id: number,
  state: 'vanished' | 'quarantined',
  reason: string,
): Promise<void> {
  await tx.em.execute(
    `update inbound_message set state = ?, decision = ?, reason = ?, finished_at = ?, untold = false where id = ? and state = 'discovered'`,
    [state, state === 'quarantined' ? 'quarantine' : null, reason, tx.now, id],
  );
}

/** The end of a message that is too large to keep: its header is, when there was one to be had. It stays in the mailbox. */
export async function finishHeaderOnly(
  tx: Transaction,
  id: number,
  given: { tooLarge: number | null; limit: number; header: Blob | null; receivedAt: Date | null },
): Promise<void> {
  const { tooLarge, limit, header, receivedAt } = given;
  const size = tooLarge === null ? '' : `${tooLarge} bytes, `;
  await tx.em.execute(
    `update inbound_message set state = 'quarantined', decision = 'quarantine', reason = ?, raw_sha256 = ?, raw_size = ?, header_only = ?, received_at = ?,
        finished_at = ?, untold = false where id = ? and state = 'discovered'`,
    [
      `too-large: ${size}more than ${limit}; ${header ? 'only its header is kept, ' : ''}it stays in the mailbox`,
      ...[header?.sha256 ?? null, header?.size ?? null, header !== null, receivedAt, tx.now, id],
    ],
  );
  await tx.em.execute(MATCH, [tx.now, [id]]);
}

/** Asked again in a minute, without counting against the message. */
export async function putOff(tx: Transaction, id: number, words: string): Promise<void> {
  await tx.em.execute(
    `update inbound_message set last_error = ?, next_at = ?::timestamptz + interval '1 minute' where id = ? and state = 'discovered'`,
    [words, tx.now, id],
  );
}

/** Waits 1, 2, 4 … 60 minutes between tries; the last one leaves the message to a person. */
export async function countFailure(tx: Transaction, id: number, failure: unknown): Promise<void> {
  const message = (failure instanceof Error ? failure.message : String(failure)).slice(0, 1000);
  const [row] = await tx.em.execute<{ attempts: number }[]>(
    `update inbound_message set attempts = attempts + 1, last_error = ?, next_at = ?::timestamptz + make_interval(mins => least(60, (2 ^ attempts)::int))
      where id = ? and state = 'discovered' returning attempts`,
    [message, tx.now, id],
  );
  if ((row?.attempts ?? 0) >= TRIES)
    await finishUnfetched(tx, id, 'quarantined', `could not be fetched in ${TRIES} tries: ${message.slice(0, 300)}`);
}
