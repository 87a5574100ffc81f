import type { Transaction } from '../db/transaction.ts';
import { useLink } from './account-link.ts';
import { Employee } from './employee.ts';

/** Uses up the link that was mailed to an address: whoever opens it reads its mail. Gives the person, whose account may still wait for approval. */
export async function confirmAddress(tx: Transaction, token: string): Promise<Employee> {
  const { employeeId } = await useLink(tx, 'confirm-email', token);
  const person = await tx.em.findOneOrFail(Employee, employeeId);
  person.emailConfirmedAt = tx.now;
  tx.audit({
    action: 'employee.address_confirmed',
    actorId: null,
    subject: { type: 'employee', id: employeeId },
  });
  return person;
}
