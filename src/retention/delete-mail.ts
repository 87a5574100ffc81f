import type { Transaction } from '../db/transaction.ts';

/** The bytes of these deliveries are not kept any more. The blobs go when nobody else refers to them (`sweepBlobs`). */
export async function deleteRaw({ em, now }: Transaction, ids: readonly number[]): Promise<void> {
  await em.execute('update inbound_message set raw_deleted_at = ? where id in (?)', [now, ids]);
}

/**
 * Ends what waited in quarantine: suppressed, with the reason, and what it waited for among its steps. Its row stays in the ledger, its bytes do
 * not.
 */
export async function endQuarantine({ em, now }: Transaction, ids: readonly number[], days: number): Promise<void> {
  const reason = `nobody decided on it: deleted after ${daysText(days)} in quarantine, as the settings say`;
  await em.execute(
    `update inbound_message set state = 'suppressed', decision = 'suppress', reason = ?, finished_at = ?, raw_deleted_at = ?,
        facts = jsonb_set(coalesce(facts, '{}'), '{steps}', coalesce(facts->'steps', '[]') || jsonb_build_object(
          'at', to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'what', 'judged', 'state', state, 'reason', reason, 'by', null))
      where id in (?)`,
    [reason, now, now, ids],
  );
}

/** What was sent stays known by its Message-ID, so that answers and reports of its delivery still find it. */
export async function deleteSent({ em }: Transaction, ids: readonly number[]): Promise<void> {
  await em.execute('update outbound_message set mime = null, mime_sha256 = null where id in (?)', [ids]);
}

/**
 * Takes people and words out of rows of the ledger, and their bytes; that they came, and what they were by their hash, stays, so that the same
 * mail is no new one when it comes again.
 */
export async function blankDeliveries(
  { em, now }: Transaction,
  ids: readonly (number | string)[],
  reason: string,
): Promise<void> {
  if (ids.length === 0) return;
  await em.execute(
    `update inbound_message set from_address = null, subject = null, envelope_from = null, envelope_to = null, facts = null, last_error = null,
        reason = ?, raw_deleted_at = coalesce(raw_deleted_at, ?)
      where id in (?) and state not in ('discovered', 'fetched')`,
    [reason, now, ids],
  );
}

export const daysText = (days: number) => (days === 1 ? 'a day' : `${days} days`);
