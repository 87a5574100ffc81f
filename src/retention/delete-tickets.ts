import type { Transaction } from '../db/transaction.ts';
import { blankDeliveries, daysText } from './delete-mail.ts';

/**
 * Deletes tickets with their comments, files, history and what was sent about them. The ledger keeps a line for each mail of theirs, without
 * names and words, that says why.
 */
export async function deleteTickets(tx: Transaction, ids: readonly number[], days: number): Promise<void> {
  const deliveries = await tx.em.execute<{ id: string }[]>(
    `select id from inbound_message where ticket_id in (?)
     union select i.id from inbound_message i join mail_message m on m.id = i.mail_message_id where m.ticket_id in (?) order by id`,
    [ids, ids],
  );
  const reason = `its ticket was deleted ${daysText(days)} after it was over, as the settings say`;
  await blankDeliveries(
    tx,
    deliveries.map(({ id }) => id),
    reason,
  );
  await tx.em.execute(
    'delete from mail_reference where mail_message_id in (select id from mail_message where ticket_id in (?))',
    [ids],
  );
  await tx.em.execute('delete from outbound_message where ticket_id in (?)', [ids]);
  // Here and not by the foreign keys: those of one row are not cleared together.
  for (const table of ['inbound_message', 'mail_message'])
    await tx.em.execute(`update ${table} set ticket_id = null, comment_id = null where ticket_id in (?)`, [ids]);
  await tx.em.execute('delete from ticket where id in (?)', [ids]);
}
