import type { Transaction } from '../../db/transaction.ts';
import type { SendResult } from '../transports/transport.ts';
import { PERHAPS_SENT, type Claim } from './claim.ts';
import { bounceStop, openStop } from './mail-stop.ts';
import { MAIL_TEMPLATES } from './mail-template.ts';
import { oneLine } from './one-line.ts';
import type { OutboundState } from './outbound-message.ts';

const MINUTE = 60_000;
/** Milliseconds: how long a message is tried at all (RFC 5321 §4.5.4.1 asks for 4 to 5 days; people want to know sooner). */
const PATIENCE = 72 * 60 * MINUTE;
const LONGEST_PAUSE = 4 * 60 * MINUTE;
/** A server that takes messages and never says so would get one every time. */
const MOST_PERHAPS = 5;

/** What a result makes of a row. */
export interface Outcome {
  state: Extract<OutboundState, 'sent' | 'pending' | 'ambiguous' | 'failed'>;
  reason: string | null;
  response: string | null;
  /** When it is tried again; null: never. */
  retryAt: Date | null;
}

/** Decides, by what the transport knows (reliability: accepted at least once, twice only when nobody can know). `attempts` counts this one. */
export function outcomeOf(
  result: SendResult,
  claim: Pick<Claim, 'template' | 'attempts' | 'createdAt'>,
  now: Date,
): Outcome {
  if (result.kind === 'sent') return { state: 'sent', reason: null, response: said(result.response), retryAt: null };
  if (result.kind === 'refused' && result.permanent) return failed('Refused', result.response);
  if (result.kind === 'unknown' && (MAIL_TEMPLATES[claim.template].once || claim.attempts >= MOST_PERHAPS))
    return { ...failed('', result.error), reason: PERHAPS_SENT };

  const words = result.kind === 'refused' ? result.response : result.error;
  if (now.getTime() - claim.createdAt.getTime() >= PATIENCE) return failed('Given up after 72 hours', words);
  const pause = Math.min(MINUTE * 2 ** (claim.attempts - 1), LONGEST_PAUSE);
  return {
    state: result.kind === 'unknown' ? 'ambiguous' : 'pending',
    reason: said(
      result.kind === 'unknown'
        ? `Perhaps sent, tried again with the same Message-ID: ${words}`
        : `Not sent yet: ${words}`,
    ),
    response: result.kind === 'refused' ? said(words) : null,
    retryAt: new Date(now.getTime() + pause),
  };
}

/** A claim, and what became of its message. */
export interface Delivered {
  claim: Claim;
  result: SendResult;
}

/**
 * Writes outcomes, all in one statement, and says in their order whether each claim still held; false: the lease was lost and someone else has
 * the row.
 */
export async function recordResults(tx: Transaction, delivered: readonly Delivered[]): Promise<boolean[]> {
  const { em, now, enqueue } = tx;
  const outcomes = delivered.map(({ claim, result }) => ({ claim, result, ...outcomeOf(result, claim, now) }));
  const values = outcomes.map(() => VALUES).join(', ');
  const rows = await em.execute<{ id: string }[]>(
    `with ${inOrder}
     update outbound_message o
        set state = v.state, reason = v.reason, smtp_response = v.response, send_after = coalesce(v.retry_at, o.send_after),
            finished_at = v.finished_at, lease_token = null, lease_until = null
       from (values ${values}) as v(id, token, state, reason, response, retry_at, finished_at), locked
      where o.id = locked.id and o.id = v.id and o.lease_token = v.token and o.state in ('sending', 'ambiguous') returning o.id`,
    [
      delivered.map(({ claim }) => claim.id),
      ...outcomes.flatMap(({ claim: { id, token }, state, reason, response, retryAt }) => [
        ...[id, token, state, reason, response, retryAt, retryAt ? null : now],
      ]),
    ],
  );
  const held = new Set(rows.map(({ id }) => Number(id)));
  for (const { claim, result, response, retryAt } of outcomes.filter(({ claim }) => held.has(claim.id))) {
    if (retryAt) enqueue('send-messages', { ids: [claim.id] }, retryAt);
    if (isNobody(result))
      await openStop(tx, bounceStop(now, claim.recipient, `Mail to ${claim.recipient} is refused: ${response}`));
  }
  return delivered.map(({ claim }) => held.has(claim.id));
}

const VALUES = '(?::bigint, ?::uuid, ?::text, ?::text, ?::text, ?::timestamptz, ?::timestamptz)';

/** Rows are locked in the order of their ids by all who change several, or two of them could wait for each other. */
const inOrder = `locked as materialized (select id from outbound_message where id in (?) order by id for update)`;

/** The server says that there is no such mailbox (RFC 3463 §3.2): the same as a mail that came back. */
function isNobody(result: SendResult): boolean {
  return result.kind === 'refused' && result.permanent && /^\d{3}[ -]5\.1\.[0-36]\b/.test(result.response);
}

/**
 * Notes that messages are about to leave: from here on nobody knows before the server answers. Says in their order whether each claim still held;
 * one that did not must not leave.
 */
export async function noteOnTheWay({ em }: Transaction, claims: readonly Claim[]): Promise<boolean[]> {
  const rows = await em.execute<{ id: string }[]>(
    `with ${inOrder}
     update outbound_message o set state = 'ambiguous' from (values ${claims.map(() => '(?::bigint, ?::uuid)').join(', ')}) as v(id, token), locked
      where o.id = locked.id and o.id = v.id and o.lease_token = v.token and o.state in ('sending', 'ambiguous') returning o.id`,
    [claims.map(({ id }) => id), ...claims.flatMap(({ id, token }) => [id, token])],
  );
  const held = new Set(rows.map(({ id }) => Number(id)));
  return claims.map(({ id }) => held.has(id));
}

/** Says that the sender of these rows is alive; a row whose claim was lost stays with whoever has it. */
export async function renewLease({ em, now }: Transaction, claims: readonly Claim[], leaseMs: number): Promise<void> {
  const token = claims[0]?.token;
  if (!token) return;
  await em.execute(
    `with ${inOrder}
     update outbound_message o set lease_until = ? from locked where o.id = locked.id and o.lease_token = ?`,
    [claims.map(({ id }) => id), new Date(now.getTime() + leaseMs), token],
  );
}

/** Gives claimed rows back that there was no time for. Nothing of them was sent. */
export async function giveBack({ em, wake }: Transaction, claims: readonly Claim[]): Promise<void> {
  const token = claims[0]?.token;
  if (!token) return;
  const ids = claims.map(({ id }) => id);
  await em.execute(
    `with ${inOrder}
     update outbound_message o set state = 'pending', attempts = attempts - 1, lease_token = null, lease_until = null
       from locked where o.id = locked.id and o.lease_token = ? and o.state = 'sending'`,
    [ids, token],
  );
  for (const id of ids) wake('send-messages', id);
}

function failed(why: string, words: string): Outcome {
  return { state: 'failed', reason: said(`${why}: ${words}`), response: said(words), retryAt: null };
}

function said(words: string): string {
  return oneLine(words).slice(0, 500);
}
