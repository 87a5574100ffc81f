import { createHash } from 'node:crypto';
import type { Transaction } from '../../db/transaction.ts';
import type { Keyring } from '../../secrets.ts';
import { composeMessage } from '../outbound/compose.ts';
import { oneLine } from '../outbound/one-line.ts';
import { OutboundMessage } from '../outbound/outbound-message.ts';
import { threadHeaders } from '../outbound/references.ts';
import { bounceAddress, outboundMessageId } from '../reply-token.ts';
import { previewText, type Preview, type PreviewDeps, type PreviewOf } from './preview-text.ts';

/**
 * Sends a preview to the admin who asked for it, and to no other address: as a row of the outbox that has its bytes already. It is in no
 * conversation, and an answer to it is a new request.
 */
export async function sendTest(
  tx: Transaction,
  of: PreviewOf,
  deps: PreviewDeps & { keyring: Keyring; deskName: string },
): Promise<Preview> {
  const preview = await previewText(tx, of, deps);
  const { mailbox } = preview;
  const [next] = await tx.em.execute<{ id: string }[]>(
    `select nextval(pg_get_serial_sequence('outbound_message', 'id')) as id`,
  );
  const id = Number(next?.id);
  const messageId = outboundMessageId(deps.keyring, mailbox, id);
  const mime = await composeMessage({
    from: { name: oneLine(deps.deskName), address: mailbox.address },
    to: { name: '', address: of.actor.email },
    ...{ replyTo: mailbox.address, messageId, ...threadHeaders([], messageId), date: tx.now },
    ...{ subject: preview.subject, text: preview.text, html: preview.html },
    ...{ submitted: 'auto-generated', files: [] },
  });
  await tx.em.insert(OutboundMessage, {
    ...{ id, person: of.actor.id, mailbox: mailbox.id, template: of.template, locale: preview.locale },
    ...{ recipient: of.actor.email, envelopeFrom: bounceAddress(deps.keyring, mailbox, id), messageId },
    ...{ mime, mimeSha256: createHash('sha256').update(mime).digest('hex') },
    ...{ state: 'pending', sendAfter: tx.now, createdAt: tx.now },
  });
  tx.wake('send-messages', id);
  tx.audit({
    action: 'mail_text.tested',
    actorId: of.actor.id,
    data: { template: of.template, locale: preview.locale },
  });
  return preview;
}
