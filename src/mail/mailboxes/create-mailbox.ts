import type { Transaction } from '../../db/transaction.ts';
import { Mailbox, POLLED } from '../mailbox.ts';
import { applyEdit, type ChangeDeps, type MailboxEdit } from './change-mailbox.ts';
import { lockMailboxes, refuseTaken } from './lock-mailboxes.ts';

export interface NewMailbox extends MailboxEdit {
  name: string;
  address: string;
  source: NonNullable<MailboxEdit['source']>;
  history: Mailbox['history'];
}

/** Makes a mailbox. One that is read from a server is switched off unless it is said otherwise: the dry run comes before the first look. */
export async function createMailbox(
  tx: Transaction,
  { name, address, history, ...edit }: NewMailbox,
  { actor, sealing }: Omit<ChangeDeps, 'actor'> & { /** null: the environment. */ actor: ChangeDeps['actor'] | null },
): Promise<{ mailbox: Mailbox; pushSecret: string | null }> {
  await lockMailboxes(tx);
  await refuseTaken(tx, { id: null, address }, { field: 'address', addresses: [address] });
  const mailbox = tx.em.create(Mailbox, { name, address, history, source: 'smtp', createdAt: tx.now });
  await tx.em.flush(); // its secrets are sealed for its id
  const { pushSecret } = await applyEdit(tx, mailbox, edit, sealing);
  mailbox.enabled = edit.enabled ?? !POLLED.some((kind) => kind === mailbox.source);
  await tx.em.flush();
  tx.enqueue('poll-mailbox', { mailboxId: mailbox.id });
  const data = { source: mailbox.source, enabled: mailbox.enabled };
  tx.audit({
    action: 'mailbox.created',
    actorId: actor?.id ?? null,
    subject: { type: 'mailbox', id: mailbox.id },
    data,
  });
  return { mailbox, pushSecret };
}
