import type { Transaction } from '../db/transaction.ts';

/** Takes the names out of what these deliveries are known by: Message-IDs hold hosts and sometimes people; a hash stays. */
export async function forgetMessages({ em }: Transaction, deliveries: readonly string[]): Promise<void> {
  if (deliveries.length === 0) return;
  const messages = 'select mail_message_id from inbound_message where id in (?) and mail_message_id is not null';
  await em.execute(`delete from mail_reference where mail_message_id in (${messages})`, [deliveries]);
  await em.execute(
    `update mail_message set message_id = 'erased:' || encode(sha256(convert_to(message_id, 'UTF8')), 'hex')
      where id in (${messages}) and message_id not like 'erased:%'`,
    [deliveries],
  );
}
