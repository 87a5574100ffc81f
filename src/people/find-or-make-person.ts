import type { Transaction } from '../db/transaction.ts';
import { Employee } from './employee.ts';

/**
 * The person with this address, locked; whoever is not known becomes a contact first. One statement for both, so that they take the same time,
 * and two who bring the same address wait for each other. `email` is normalised.
 */
export async function findOrMakePerson(tx: Transaction, email: string): Promise<Employee> {
  const { em, now } = tx;
  const [row] = await em.execute<{ id: string }[]>(
    `insert into employee (email, role, status, created_at, updated_at) values (?, 'employee', 'contact', ?, ?)
     on conflict (email) do update set updated_at = employee.updated_at returning id`,
    [email, now, now],
  );
  return em.findOneOrFail(Employee, Number(row?.id), { refresh: true });
}
