import type { Transaction } from '../../db/transaction.ts';
import type { InboundMail } from './inbound-mail.ts';

/** Ties a delivery report to the outbound row it is about and says so, for the ledger. */
export async function recordBounce(tx: Transaction, mail: InboundMail): Promise<string> {
  const about = mail.class.originalMessageId;
  const said = mail.class.delivery
    .map(({ recipient, action, status }) => `${recipient} ${action}${status ? ` (${status})` : ''}`)
    .join(', ');
  if (!about) return `it names no message${said ? `: ${said}` : ''}`;
  const failed = mail.class.delivery.some(({ action }) => action === 'failed');
  const rows = await tx.em.execute<{ id: string }[]>(
    failed
      ? `update outbound_message set state = 'failed', reason = ?, finished_at = ? where message_id = ? and state in ('sent', 'ambiguous', 'failed') returning id`
      : `select id from outbound_message where ? is not null and ? is not null and message_id = ?`,
    [`bounced: ${said || 'no recipient named'}`, tx.now, about],
  );
  const [row] = rows;
  return row ? `about outbound message ${row.id}: ${said}` : 'about a message that is not ours';
}
