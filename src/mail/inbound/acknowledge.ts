import type { RunTransaction } from '../../db/transaction.ts';
import { Mailbox } from '../mailbox.ts';
import type { Source } from '../sources/source.ts';

/** Tells polled sources which messages are done. Pushed ones were told when they were kept. */
export async function acknowledgeDone(
  transaction: RunTransaction,
  sourceOf: (mailbox: Mailbox) => Source | null,
  ids: readonly number[],
): Promise<void> {
  if (ids.length === 0) return;
  const done = await transaction(async (tx) => {
    const rows = await tx.em.execute<{ mailbox_id: string; source_key: string }[]>(
      `select k.mailbox_id, k.source_key from inbound_key k join inbound_message i on i.id = k.inbound_message_id
         join mailbox m on m.id = k.mailbox_id
        where i.id in (?) and m.source = 'maildir' and i.state not in ('discovered', 'fetched')`,
      [[...ids]],
    );
    const keys = Map.groupBy(rows, (row) => Number(row.mailbox_id));
    const mailboxes = keys.size > 0 ? await tx.em.find(Mailbox, { id: { $in: [...keys.keys()] } }) : [];
    return mailboxes.map((mailbox) => ({
      mailbox,
      keys: (keys.get(mailbox.id) ?? []).map(({ source_key }) => source_key),
    }));
  });
  for (const { mailbox, keys } of done) await sourceOf(mailbox)?.acknowledge(keys);
}
