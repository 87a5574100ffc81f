import { createHash } from 'node:crypto';
import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import type { Employee } from '../people/employee.ts';
import { employeeNotFound, lockAdmins, lockEmployee } from '../people/lock-employee.ts';
import { FINAL_STATUSES } from '../tickets/lifecycle.ts';

/** Who is erased, as it must be known until it is done: it is forgotten with the task. */
export interface Erasure {
  personId: number;
  email: string;
  firstName: string;
  lastName: string;
  /** Whether what they wrote on other people's tickets goes too; what staff answered others stays, without their name. */
  words: boolean;
  /** Tickets in which they had any part. */
  ticketIds: number[];
}

/** What opens the account, and what is known only for its sake. */
const OPENERS = [
  ...(['session', 'api_key', 'totp', 'recovery_code', 'passkey', 'identity', 'challenge'] as const),
  ...(['account_link', 'idempotency_key', 'coordinator_department', 'draft', 'watcher'] as const),
];

/**
 * Ends an account for good: nobody signs in to it any more, and nothing of it says whose it was. What is left of the person elsewhere is named for
 * the task that takes it out. 409 while a ticket of theirs, or one given to them, is not over; 410 for who was erased before.
 */
export async function beginErasure(
  tx: Transaction,
  id: number,
  { actor, reason, version }: { actor: Employee; reason: string; version?: number | undefined },
): Promise<Erasure> {
  await waitForMail(tx, id);
  const admins = await lockAdmins(tx);
  const person = await lockEmployee(tx, id, version);
  if (id === actor.id) throw new AppError('forbidden', 'Nobody erases themselves: ask another admin');
  if (admins.length === 1 && admins[0] === id)
    throw new AppError('forbidden', 'This is the last admin: make somebody else an admin first');
  await refuseOpen(tx, id);
  const ticketIds = await findTickets(tx, id);
  const { email, firstName, lastName, role } = person;
  // Mails of others may name them on any ticket.
  await tx.em.execute('delete from participant_proposal where address = ?', [email]);
  for (const table of OPENERS) await tx.em.execute(`delete from ${table} where employee_id = ?`, [id]);
  Object.assign(person, {
    ...{
      email: erasedAddress(id),
      firstName: 'Erased',
      middleName: '',
      lastName: 'person',
      suffix: '',
      signature: '',
      role: 'employee',
    },
    ...{
      status: 'disabled',
      companyId: null,
      departmentId: null,
      passwordHash: null,
      pictureSha256: null,
      preferences: {},
    },
    ...{
      emailConfirmedAt: null,
      decisionReason: null,
      erasedAt: tx.now,
      updatedAt: tx.now,
      version: person.version + 1,
    },
  });
  await tx.em.flush();
  tx.audit({
    ...{ action: 'employee.erased', actorId: actor.id, subject: { type: 'employee', id } },
    data: { tickets: ticketIds.length, reason_sha256: createHash('sha256').update(reason).digest('hex') },
  });
  return { personId: id, email, firstName, lastName, words: role === 'employee', ticketIds };
}

/** Nobody can have it: RFC 2606 keeps `.invalid` free. */
export const erasedAddress = (id: number) => `erased-${id}@erased.invalid`;

/** A mail of theirs that is being applied is through, and the next one is somebody new: mail takes the same lock, by the address. */
async function waitForMail({ em }: Transaction, id: number): Promise<void> {
  const [row] = await em.execute<unknown[]>(
    'select pg_advisory_xact_lock(hashtextextended(email, 0)) from employee where id = ?',
    [id],
  );
  if (!row) throw employeeNotFound();
}

async function refuseOpen({ em }: Transaction, id: number): Promise<void> {
  const [row] = await em.execute<{ requested: number; assigned: number }[]>(
    `select count(*) filter (where requester_id = ?)::int as requested, count(*) filter (where assignee_id = ?)::int as assigned
       from ticket where status not in (?) and (requester_id = ? or assignee_id = ?)`,
    [id, id, [...FINAL_STATUSES], id, id],
  );
  const { requested = 0, assigned = 0 } = row ?? {};
  if (requested + assigned > 0)
    throw new AppError('conflict', 'Tickets of this person are not over: close them, or give them to somebody else', {
      ...{ requested, assigned },
    });
}

async function findTickets({ em }: Transaction, id: number): Promise<number[]> {
  const rows = await em.execute<{ id: string }[]>(
    `select id from ticket where requester_id = ? or assignee_id = ?
     union select ticket_id from comment where author_id = ? union select ticket_id from participant where employee_id = ?
     union select ticket_id from attachment where uploader_id = ? union select ticket_id from ticket_event where actor_id = ? order by id`,
    [id, id, id, id, id, id],
  );
  return rows.map((row) => Number(row.id));
}
