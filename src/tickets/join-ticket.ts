import type { Transaction } from '../db/transaction.ts';

/** Makes a person a confirmed participant: they read the ticket, get its mail, and have a reply token of their own. */
export async function joinTicket(tx: Transaction, ticketId: number, employeeId: number): Promise<void> {
  await tx.em.execute(
    `insert into participant (ticket_id, employee_id, state, created_at) values (?, ?, 'confirmed', ?)
     on conflict (ticket_id, employee_id) do update set state = 'confirmed'`,
    [ticketId, employeeId, tx.now],
  );
}
