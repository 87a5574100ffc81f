import type { Transaction } from '../db/transaction.ts';
import { Employee } from '../people/employee.ts';
import { readSettings } from '../settings/read-settings.ts';

/** The person with this (normalised) address; who is not known yet becomes a contact of this name, whom the desk knows from mail only. */
export async function findParticipant(tx: Transaction, email: string, name = ''): Promise<Employee> {
  const { em, now } = tx;
  const known = await em.findOne(Employee, { email });
  if (known) return known;
  const { locale } = await readSettings(tx);
  const [first = '', ...rest] = name.split(/\s+/).filter(Boolean);
  await em.execute(
    `insert into employee (email, first_name, last_name, role, status, locale, created_at, updated_at)
     values (?, ?, ?, 'employee', 'contact', ?, ?, ?) on conflict (email) do nothing`,
    [email, first.slice(0, 100), rest.join(' ').slice(0, 100), locale, now, now],
  );
  return em.findOneOrFail(Employee, { email });
}
