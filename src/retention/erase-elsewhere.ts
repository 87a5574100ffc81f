import type { Transaction } from '../db/transaction.ts';
import { erasedAddress, type Erasure } from './begin-erasure.ts';
import { blankDeliveries } from './delete-mail.ts';
import { scrubbed } from './scrub.ts';
import { forgetMessages } from './forget-messages.ts';

/** Takes a person out of what belongs to no ticket: mail that became none, mail about the account, and copies that would have gone in a day. */
export async function eraseElsewhere(tx: Transaction, erasure: Erasure): Promise<void> {
  await eraseLedger(tx, erasure);
  await eraseAccountMails(tx, erasure);
  await eraseCopies(tx, erasure);
}

async function eraseLedger(tx: Transaction, { email }: Erasure): Promise<void> {
  const rows = await tx.em.execute<{ id: string }[]>(
    `select id from inbound_message where lower(from_address) = ? or lower(envelope_from) = ? order by id for update`,
    [email, email],
  );
  const ids = rows.map(({ id }) => id);
  await blankDeliveries(tx, ids, 'erased with the person who wrote it');
  await forgetMessages(tx, ids);
  if (ids.length > 0)
    await tx.em.execute(
      `update inbound_message set state = 'suppressed', decision = 'suppress', finished_at = ? where id in (?) and state = 'quarantined'`,
      [tx.now, ids],
    );
}

async function eraseAccountMails({ em }: Transaction, { personId, email }: Erasure): Promise<void> {
  await em.execute('delete from outbound_message where ticket_id is null and (recipient_id = ? or recipient = ?)', [
    ...[personId, email],
  ]);
  await em.execute('delete from account_notice where employee_id = ?', [personId]);
  await em.execute('update outbound_message set recipient = ? where recipient = ?', [erasedAddress(personId), email]);
}

/** Answers that are kept for a repeated request, files of exports, what local mode caught, what asked for a link, and why no mail went there. */
async function eraseCopies({ em, now }: Transaction, erasure: Erasure): Promise<void> {
  const { email } = erasure;
  await em.execute('delete from idempotency_key where position(? in lower(response)) > 0', [email]);
  await em.execute('update task set file_until = ? where file_until > ?', [now, now]);
  await em.execute(
    `update task set state = 'failed', error = 'Somebody was erased meanwhile: start it again', finished_at = ?, lease_token = null, input = '{}'
      where file is not null and state in ('queued', 'running')`,
    [now],
  );
  await em.execute('delete from task_file');
  await em.execute('delete from caught_message where ? = any(envelope_to) or envelope_from = ?', [email, email]);
  await em.execute('delete from link_request where email = ?', [email]);
  await em.execute('delete from mail_stop where address = ?', [email]);
  const reason = scrubbed('reason', erasure);
  await em.execute(`update mail_stop set reason = ${reason.sql} where position(? in lower(reason)) > 0`, [
    ...[...reason.params, email],
  ]);
}
