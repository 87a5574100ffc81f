import type { RunTransaction, Transaction } from '../../db/transaction.ts';
import { faultPoint } from '../../fault-point.ts';
import { lockTickets } from '../../tickets/locked-ticket.ts';
import { addLine } from '../../tickets/record-event.ts';
import { BREAK, TRY_TIMEOUT, type Sent, type WorkflowSystem } from './workflow-system.ts';
import { workflowMessage, type MessageDeps } from './workflow-message.ts';

export interface WorkflowDeps extends MessageDeps {
  /** null: none is configured, and what waits for it goes on waiting. */
  system: WorkflowSystem | null;
}

/** Tries of a ticket, and milliseconds after the first and the second: with the pace of the queue 4 to 10 s. */
export const TRIES = 3;
const WAITS = [4000, 7000];
/** Longest that it may ask us to wait. */
const LONGEST = 300_000;
/** Milliseconds for which a row belongs to whoever sends it; after a crash it is due again then. */
const LEASE = TRY_TIMEOUT + 5000;

interface Claim {
  id: number;
  ticketId: number;
  key: string;
  attempts: number;
  message: object | null;
}

/**
 * Sends the tickets that are due, one try each, all at once. No transaction is open meanwhile. Who dies in between has told nobody what became of
 * it: the next try has the same key, by which the workflow system knows it.
 */
export async function sendTickets(
  transaction: RunTransaction,
  ids: readonly number[],
  { system, ...deps }: WorkflowDeps,
  stopping: AbortSignal,
): Promise<void> {
  if (system === null || ids.length === 0) return;
  const claims = await transaction((tx) => claim(tx, ids, deps));
  const done = claims.map(async (one) => {
    const sent = one.message ? await system.send(one.message, one.key, stopping) : GONE;
    faultPoint('FW2');
    await transaction((tx) => record(tx, one, sent));
  });
  // One that fails by a bug must not take the results of the others along.
  const failed = (await Promise.allSettled(done)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

const GONE: Sent = { kind: 'refused', error: 'The ticket is gone' };

/** Takes what is due. What died in its last try is not tried a fourth time. */
async function claim(tx: Transaction, ids: readonly number[], deps: MessageDeps): Promise<Claim[]> {
  const due = `select id from workflow_sync where id in (?) and state = 'pending' and next_at <= ? order by id for update skip locked`;
  const rows = await tx.em.execute<{ id: string; ticket_id: string; key: string; attempts: number }[]>(
    `update workflow_sync set attempts = attempts + 1, next_at = ? where id in (${due}) returning id, ticket_id, key, attempts`,
    [new Date(tx.now.getTime() + LEASE), [...ids], tx.now],
  );
  const claims: Claim[] = [];
  for (const { id, ticket_id, key, attempts } of rows) {
    const one = { id: Number(id), ticketId: Number(ticket_id), key, attempts };
    if (attempts > TRIES) await end(tx, one, 'The desk stopped before it knew what became of the last try');
    else claims.push({ ...one, message: await workflowMessage(tx, one.ticketId, deps) });
  }
  return claims;
}

async function record(tx: Transaction, one: Claim, sent: Sent): Promise<void> {
  if (sent.kind === 'taken') {
    await tx.em.execute(
      `update workflow_sync set state = 'sent', reference = ?, error = null, finished_at = ? where id = ? and state = 'pending'`,
      [sent.reference, tx.now, one.id],
    );
  } else if (sent.kind === 'later')
    await putOff(tx, one, { attempts: one.attempts - 1, wait: BREAK, error: sent.error });
  else if (sent.kind === 'trouble' && one.attempts < TRIES) {
    const least = WAITS[one.attempts - 1] ?? 0;
    const wait = Math.min(Math.max(sent.wait ?? 0, least), LONGEST);
    await putOff(tx, one, { attempts: one.attempts, wait, error: sent.error });
  } else await end(tx, one, sent.error);
}

async function putOff(
  tx: Transaction,
  { id }: Claim,
  { attempts, wait, error }: { attempts: number; wait: number; error: string },
): Promise<void> {
  const at = new Date(tx.now.getTime() + wait);
  await tx.em.execute(
    `update workflow_sync set attempts = ?, next_at = ?, error = ? where id = ? and state = 'pending'`,
    [attempts, at, error, id],
  );
  tx.enqueue('send-workflow', { ids: [id] }, at);
}

/** It is given up, which staff sees in the history and can ask for again. The ticket goes on as it is. */
async function end(tx: Transaction, { id, ticketId }: Omit<Claim, 'message'>, error: string): Promise<void> {
  const ticket = (await lockTickets(tx, [ticketId])).get(ticketId);
  await tx.em.execute(
    `update workflow_sync set state = 'failed', error = ?, finished_at = ? where id = ? and state = 'pending'`,
    [error, tx.now, id],
  );
  if (!ticket) return;
  const line = {
    actorId: null,
    type: 'workflow_failed',
    channel: 'system',
    data: { reason: error },
    notify: false,
  } as const;
  await addLine(tx, ticket, line);
}
