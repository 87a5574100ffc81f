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

/** Writes the outcome if the claim still holds; false: the lease was lost and someone else has the row. */
export async function recordResult(tx: Transaction, claim: Claim, result: SendResult): Promise<boolean> {
  const { em, now, enqueue } = tx;
  const { state, reason, response, retryAt } = outcomeOf(result, claim, now);
  const rows = await em.execute<unknown[]>(
    `update outbound_message
        set state = ?, reason = ?, smtp_response = ?, send_after = coalesce(?::timestamptz, send_after), finished_at = ?::timestamptz,
            lease_token = null, lease_until = null
      where id = ? and lease_token = ? and state in ('sending', 'ambiguous') returning id`,
    [state, reason, response, retryAt, retryAt ? null : now, claim.id, claim.token],
  );
  if (rows.length > 0 && retryAt) enqueue('send-messages', { ids: [claim.id] }, retryAt);
  if (rows.length > 0 && isNobody(result))
    await openStop(tx, bounceStop(now, claim.recipient, `Mail to ${claim.recipient} is refused: ${response}`));
  return rows.length > 0;
}

/** The server says that there is no such mailbox (RFC 3463 §3.2): the same as a mail that came back. */
function isNobody(result: SendResult): boolean {
  return result.kind === 'refused' && result.permanent && /^\d{3}[ -]5\.1\.[0-36]\b/.test(result.response);
}

/** Notes that the message is about to leave: from here on nobody knows before the server answers. Throws when the lease was lost. */
export async function noteOnTheWay({ em }: Transaction, { id, token }: Claim): Promise<void> {
  const rows = await em.execute<unknown[]>(
    `update outbound_message set state = 'ambiguous' where id = ? and lease_token = ? and state in ('sending', 'ambiguous') returning id`,
    [id, token],
  );
  if (rows.length === 0) throw new Error('The lease of the row is lost');
}

/** Says that the sender of these rows is alive; a row whose claim was lost stays with whoever has it. */
export async function renewLease({ em, now }: Transaction, claims: readonly Claim[], leaseMs: number): Promise<void> {
  const token = claims[0]?.token;
  if (!token) return;
  await em.execute(`update outbound_message set lease_until = ? where id in (?) and lease_token = ?`, [
    ...[new Date(now.getTime() + leaseMs), claims.map(({ id }) => id), token],
  ]);
}

/** Gives claimed rows back that there was no time for. Nothing of them was sent. */
export async function giveBack({ em, wake }: Transaction, claims: readonly Claim[]): Promise<void> {
  for (const { id, token } of claims) {
    await em.execute(
      `update outbound_message set state = 'pending', attempts = attempts - 1, lease_token = null, lease_until = null
        where id = ? and lease_token = ? and state = 'sending'`,
      [id, token],
    );
    wake('send-messages', id);
  }
}

function failed(why: string, words: string): Outcome {
  return { state: 'failed', reason: said(`${why}: ${words}`), response: said(words), retryAt: null };
}

function said(words: string): string {
  return oneLine(words).slice(0, 500);
}
