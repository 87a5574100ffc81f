import type { Transaction } from '../db/transaction.ts';
import type { MailSwitch } from './preferences.ts';

/** Switches one kind of mail off for a person, however often it is asked. */
export async function switchOffMail(tx: Transaction, employeeId: number, name: MailSwitch): Promise<void> {
  const changed = await tx.em.execute<unknown[]>(
    `update employee set preferences = preferences || ?::jsonb, version = version + 1, updated_at = ?
      where id = ? and coalesce(preferences ->> ?, 'true') <> 'false' returning id`,
    [JSON.stringify({ [name]: false }), tx.now, employeeId, name],
  );
  if (changed.length === 0) return;
  const subject = { type: 'employee', id: employeeId };
  tx.audit({ action: 'employee.unsubscribed', actorId: employeeId, subject, data: { switch: name } });
}
