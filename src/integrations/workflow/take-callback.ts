import { createHash } from 'node:crypto';
import type { Transaction } from '../../db/transaction.ts';
import { AppError } from '../../errors.ts';
import { findAssignee } from '../../tickets/find-assignee.ts';
import type { Status, TransitionName } from '../../tickets/lifecycle.ts';
import { lockTickets } from '../../tickets/locked-ticket.ts';
import { transitionTicket, WORKFLOW } from '../../tickets/transition-ticket.ts';
import { isTimely, pushCheck, readSignedPush } from '../../mail/sources/push-signature.ts';

/** What the workflow system says of a ticket. */
export interface Callback {
  ticket_number: string;
  name: TransitionName;
  reason?: string | undefined;
  comment?: string | undefined;
  assignee?: number | undefined;
}

/** The id of a callback that was signed by the workflow system within the last minutes (Standard Webhooks 1.0); 401 for any other. */
export function signedId(
  header: (name: string) => string,
  body: Buffer,
  { secret, now }: { secret: string; now: Date },
): string {
  const push = readSignedPush(header);
  if (!push)
    throw new AppError(
      'authentication_required',
      'Sign it: webhook-id, webhook-timestamp and webhook-signature (Standard Webhooks)',
    );
  if (!isTimely(push, now))
    throw new AppError('invalid_credentials', 'webhook-timestamp is more than 5 minutes off: see both clocks');
  const check = pushCheck(push, secret);
  check.update(body);
  if (!check.matches()) throw new AppError('invalid_credentials', 'The signature is not one of this body');
  return push.id;
}

/**
 * Does what a callback asks for, as the lifecycle lets the workflow system, and once: the same id again changes nothing and is answered as the
 * ticket is now; with another body it is a conflict. What was refused has left no trace, and may come again.
 */
export async function takeCallback(
  tx: Transaction,
  { id, body, callback }: { id: string; body: Buffer; callback: Callback },
): Promise<{ ticket_number: string; status: Status; duplicate: boolean }> {
  const number = Number(/^TX(\d{4,15})$/.exec(callback.ticket_number)?.[1]);
  const [found] = await tx.em.execute<{ id: string }[]>('select id from ticket where number = ?', [number || 0]);
  const ticket = found && (await lockTickets(tx, [Number(found.id)])).get(Number(found.id));
  if (!ticket) throw new AppError('not_found', 'There is no such ticket');
  const fresh = await isFirst(tx, { id, ticketId: ticket.id, body });
  if (fresh) {
    const { name, reason, comment, assignee } = callback;
    const given = { ...(reason && { reason }), ...(comment && { comment }) };
    const person = assignee === undefined ? null : await findAssignee(tx, assignee);
    await transitionTicket(tx, ticket, {
      name,
      actor: WORKFLOW,
      channel: 'workflow',
      ...given,
      ...(person && { assignee: person }),
    });
  }
  return { ticket_number: callback.ticket_number, status: ticket.status, duplicate: !fresh };
}

/** Two of the same at once: the second waits here until the first is committed. */
async function isFirst(
  tx: Transaction,
  { id, ticketId, body }: { id: string; ticketId: number; body: Buffer },
): Promise<boolean> {
  const hash = createHash('sha256').update(body).digest('hex');
  const [made] = await tx.em.execute<unknown[]>(
    `insert into workflow_callback (id, ticket_id, body_sha256, received_at) values (?, ?, ?, ?) on conflict (id) do nothing returning id`,
    [id, ticketId, hash, tx.now],
  );
  if (made) return true;
  const [known] = await tx.em.execute<{ body_sha256: string }[]>(
    'select body_sha256 from workflow_callback where id = ?',
    [id],
  );
  if (known?.body_sha256 !== hash)
    throw new AppError('idempotency_conflict', 'This webhook-id came with another body before');
  return false;
}

/** Days for which ids are known: far longer than anybody repeats a callback; older ones are refused for their timestamp anyway. */
const KEPT = 30;

/** Forgets ids of old callbacks. */
export async function forgetCallbacks(tx: Transaction): Promise<void> {
  await tx.em.execute(`delete from workflow_callback where received_at < ?::timestamptz - make_interval(days => ?)`, [
    tx.now,
    KEPT,
  ]);
}
