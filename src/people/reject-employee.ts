import { createHash } from 'node:crypto';
import type { Transaction } from '../db/transaction.ts';
import { moveAccount } from './account-lifecycle.ts';
import { endLinks } from './account-link.ts';
import { sendAccountNotice } from './account-notice.ts';
import type { Employee } from './employee.ts';

/** Refuses a registration and says why by mail. What was given to sign in with is forgotten; they may register again. */
export async function rejectEmployee(
  tx: Transaction,
  person: Employee,
  { actor, reason }: { actor: Employee; reason: string },
): Promise<void> {
  const { id } = person;
  moveAccount(person, 'reject');
  const contact = !person.emailConfirmedAt && (await hasWritten(tx, id));
  if (contact) becomeContact(person);
  Object.assign(person, { passwordHash: null, pictureSha256: null, updatedAt: tx.now });
  Object.assign(person, { decidedAt: tx.now, decidedBy: actor.id, decisionReason: reason });
  person.version += 1;
  await endLinks(tx, id);
  await sendAccountNotice(tx, { employeeId: id, template: 'registration-rejected', data: { reason } });
  tx.audit({
    ...{ action: 'employee.rejected', actorId: actor.id, subject: { type: 'employee', id } },
    data: { contact, reason_sha256: createHash('sha256').update(reason).digest('hex') },
  });
}

/** Nobody proved that the address was theirs. Its owner, who has mailed us, is not shut out by that, nor called what a stranger wrote. */
function becomeContact(person: Employee): void {
  Object.assign(person, { status: 'contact', firstName: '', middleName: '', lastName: '', suffix: '', signature: '' });
}

async function hasWritten({ em }: Transaction, id: number): Promise<boolean> {
  const [row] = await em.execute<{ written: boolean }[]>(
    `select exists (select 1 from ticket where requester_id = ?) or exists (select 1 from comment where author_id = ?) as written`,
    [id, id],
  );
  return row?.written ?? false;
}
