import type { Transaction } from '../../db/transaction.ts';
import { bounceStop, openStop } from '../outbound/mail-stop.ts';
import { oneLine } from '../outbound/one-line.ts';
import type { DeliveryStatus, InboundMail } from './inbound-mail.ts';
import type { Pointers } from './lookup.ts';

interface Row {
  id: string;
  ticket_id: string | null;
  recipient: string;
}

/** What nobody can have come back to us did not go out. */
const FIND = `select id, ticket_id, recipient from outbound_message where id = ? and state in ('sent', 'ambiguous', 'failed') for no key update`;

/**
 * Ties a delivery report (RFC 3464) to the outbound row it is about, and says so for the ledger. Only our signature names a row: in the bounce address it came to,
 * or in the Message-ID of what it returns (behind Google's, the last of its References). A failure is shown on the ticket; one for good keeps notices from the address. What is only late changes nothing.
 */
export async function recordBounce(tx: Transaction, mail: InboundMail, { bounced }: Pointers): Promise<string> {
  const { delivery } = mail.class;
  const said = delivery.map(sayStatus).join(', ');
  if (bounced === 'forged') return 'ignored: it names a message of ours with a signature that is not ours';
  if (bounced === null) return `ignored: it names no message of ours${said ? `: ${said}` : ''}`;
  const [row] = await tx.em.execute<Row[]>(FIND, [bounced]);
  if (!row) return `ignored: outbound message ${bounced} was not sent`;
  const failure = delivery.find(({ action }) => action === 'failed');
  if (failure) await recordFailure(tx, row, failure);
  return `about outbound message ${row.id} to ${row.recipient}: ${said || 'no recipient named'}`;
}

async function recordFailure(tx: Transaction, row: Row, failure: DeliveryStatus): Promise<void> {
  const { em, now } = tx;
  const why = oneLine([failure.status, failure.diagnostic].filter(Boolean).join(' ')).slice(0, 300);
  const reason = `Came back${why ? `: ${why}` : ''}`;
  await em.execute(`update outbound_message set state = 'failed', reason = ?, finished_at = ? where id = ?`, [
    ...[reason, now, row.id],
  ]);
  if (row.ticket_id !== null)
    await em.execute(
      `with t as (update ticket set version = version + 1 where id = ? returning id)
       insert into ticket_event (ticket_id, type, channel, data, notice, created_at) select t.id, 'bounced', 'mail', ?::jsonb, 'none', ? from t`,
      [row.ticket_id, JSON.stringify({ recipient: row.recipient, outbound_id: Number(row.id), reason }), now],
    );
  if (isForGood(failure))
    await openStop(tx, bounceStop(now, row.recipient, `Mail to ${row.recipient} came back${why ? `: ${why}` : ''}`));
}

/** Permanent by its class (RFC 3463 §2), but for a mailbox that is full: it will have room again. */
function isForGood({ status }: DeliveryStatus): boolean {
  return status === null || (status.startsWith('5.') && status !== '5.2.2');
}

function sayStatus({ recipient, action, status }: DeliveryStatus): string {
  return `${recipient} ${action}${status ? ` (${status})` : ''}`;
}
