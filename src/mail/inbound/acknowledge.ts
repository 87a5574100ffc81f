import type { RunTransaction } from '../../db/transaction.ts';
import { faultPoint } from '../../fault-point.ts';
import type { Source } from '../sources/source.ts';

/** Messages told of together. */
const PART = 500;

/**
 * Tells a polled source which of its messages are done, and notes that it was told. Only after they are committed as done; when this fails or
 * dies half-way they are told of again. What never came whole is left as it is. Gives their number.
 */
export async function acknowledgeDone(
  transaction: RunTransaction,
  mailboxId: number,
  source: Pick<Source, 'acknowledge'>,
): Promise<number> {
  const done = await transaction((tx) =>
    tx.em.execute<{ id: string; source_key: string }[]>(
      `select i.id, k.source_key from inbound_message i join inbound_key k on k.inbound_message_id = i.id
        where i.mailbox_id = ? and i.untold and i.state in ('applied', 'suppressed', 'quarantined') order by i.id limit ?`,
      [mailboxId, PART],
    ),
  );
  if (done.length === 0) return 0;
  await source.acknowledge(done.map(({ source_key }) => source_key));
  faultPoint('A4');
  await transaction((tx) =>
    tx.em.execute('update inbound_message set untold = false where id in (?)', [done.map(({ id }) => id)]),
  );
  return done.length;
}
