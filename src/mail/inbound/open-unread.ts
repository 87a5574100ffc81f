import type { Transaction } from '../../db/transaction.ts';
import { Employee } from '../../people/employee.ts';
import { defaultPriority } from '../../settings/default-priority.ts';
import { openTicket } from '../../tickets/open-ticket.ts';
import type { Delivery } from './delivery.ts';
import type { Lookup } from './lookup.ts';

/**
 * A ticket of a message that cannot be read, as a person has ordered it: theirs, as nobody knows whom to answer, with the message attached as it
 * came. `words`: what is wrong with it.
 */
export async function openUnread(
  tx: Transaction,
  { delivery, words, lookup }: { delivery: Delivery; words: string; lookup: Lookup },
): Promise<{ ticketId: number; commentId: number }> {
  const { id, mailbox, raw, quiet, orderedBy } = delivery;
  return openTicket(tx, {
    requester: await tx.em.findOneOrFail(Employee, orderedBy ?? 0),
    by: orderedBy,
    subject: 'A message that could not be read',
    body: `The message that came to ${mailbox.address} could not be read (${words}). It is attached as it came.`,
    ...{ quoted: '', signature: '', html: null, trust: 'T0' as const, inboundMessageId: id },
    channel: 'mail',
    priority: defaultPriority(lookup.settings),
    mailboxId: mailbox.id,
    categoryId: mailbox.defaultCategoryId ?? null,
    departmentId: mailbox.defaultDepartmentId ?? null,
    files: [{ ...raw, filename: `message-${id}.eml`, contentType: 'message/rfc822', inline: false, contentId: null }],
    facts: { trust: 'T0', noAutoAnswer: true, quiet },
    notify: !quiet,
  });
}
