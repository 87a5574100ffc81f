import type { Transaction } from '../../db/transaction.ts';
import { sendAccountNotice, type AccountTemplate } from '../../people/account-notice.ts';

/** Mails every admin of something at the desk. */
export async function tellAdmins(
  tx: Transaction,
  template: AccountTemplate,
  data: Record<string, string>,
): Promise<void> {
  const admins = await tx.em.execute<{ id: string }[]>(
    `select id from employee where role = 'admin' and status = 'approved' order by id limit 50`,
  );
  for (const { id } of admins) await sendAccountNotice(tx, { employeeId: Number(id), template, data });
}
