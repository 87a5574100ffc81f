import type { Transaction } from '../db/transaction.ts';
import { Employee } from '../people/employee.ts';
import { readSettings } from '../settings/read-settings.ts';

/** The person with this (normalised) address; who is not known yet becomes a contact, whom the desk knows from mail only. */
export async function findParticipant(tx: Transaction, email: string): Promise<Employee> {
  const { em, now } = tx;
  const known = await em.findOne(Employee, { email });
  if (known) return known;
  const { locale } = await readSettings(tx);
  await em.execute(
    `insert into employee (email, role, status, locale, created_at, updated_at) values (?, 'employee', 'contact', ?, ?, ?) on conflict (email) do nothing`,
    [email, locale, now, now],
  );
  return em.findOneOrFail(Employee, { email });
}
