import type { Transaction } from '../db/transaction.ts';
import type { LockedTicket } from './locked-ticket.ts';

/** Ends the status links that were sent about a locked ticket so far, of everybody on it. Later mails carry new ones. */
export async function endStatusLinks(tx: Transaction, { id }: LockedTicket, actorId: number): Promise<void> {
  await tx.em.execute('update participant set link_epoch = link_epoch + 1 where ticket_id = ?', [id]);
  tx.audit({ action: 'ticket.status_links_ended', actorId, subject: { type: 'ticket', id } });
}
