import type { RunTransaction, Transaction } from '../../db/transaction.ts';
import { faultPoint } from '../../fault-point.ts';
import type { Log } from '../../log.ts';
import { Mailbox } from '../mailbox.ts';
import { SourceUnavailable } from '../sources/unavailable.ts';
import type { MailboxTransports } from '../transports/open-transport.ts';
import type { MailTransport, SendResult } from '../transports/transport.ts';
import { claimRows, type Claim, type Composed } from './claim.ts';
import { UnsafeHeader } from './compose.ts';
import { composeDraft, type ComposeDeps } from './compose-draft.ts';
import type { DraftDeps } from './draft.ts';
import { MAIL_TEMPLATES } from './mail-template.ts';
import { OutboundMessage } from './outbound-message.ts';
import { readDrafts, type Draft } from './read-drafts.ts';
import { giveBack, noteOnTheWay, recordResult, renewLease } from './record-result.ts';

export interface SendDeps extends ComposeDeps, DraftDeps {
  transport: MailTransport;
  /** The ways of mailboxes that have one of their own; without it all mail goes out by `transport`. */
  transports?: MailboxTransports;
  log: Log;
  /** Milliseconds that a claimed row is ours without a sign of life; it is renewed while its message is on the way. */
  leaseMs?: number;
  /** Milliseconds in which the messages of one claim may be begun. */
  beginMs?: number;
  /** Messages on the way at once. */
  concurrency?: number;
}

/** Rows of one claim. */
const ROWS = 50;
/** Short, because after a crash nobody sends the row before it ends. */
const LEASE = 30_000;
/** The default of beginMs; what was not begun by then is given back for whoever is free. */
const BEGIN_WITHIN = 18_000;
const CONCURRENCY = 4;
/** Bytes of composed messages that are held at once. */
const MEMORY = 32_000_000;

/**
 * Sends the rows that are due: composed without a transaction, claimed in one, handed to the transport without one, each result written at once
 * and only by whoever still holds the claim. Every try sends the same bytes under the same Message-ID.
 */
export async function sendMessages(transaction: RunTransaction, ids: readonly number[], deps: SendDeps): Promise<void> {
  let rest = [...ids];
  while (rest.length > 0) {
    faultPoint('O2');
    const part = rest.slice(0, ROWS);
    const drafts = await transaction((tx) => readDrafts(tx, part, deps));
    const { composed, left } = await composeAll(drafts, deps);
    const now = part.filter((id) => !left.has(id));
    rest = [...left, ...rest.slice(ROWS)];
    const claims = await transaction((tx) => claimRows(tx, now, composed, deps.leaseMs ?? LEASE));
    faultPoint('O3');
    await sendClaims(transaction, claims, deps);
  }
}

/** As many as memory allows, one at least; `left` are the others. */
async function composeAll(drafts: readonly Draft[], deps: SendDeps) {
  const composed = new Map<number, Composed>();
  let size = 0;
  for (const draft of drafts) {
    if (size > MEMORY) break;
    const result = await compose(draft, deps);
    if ('mime' in result) size += result.mime.length;
    composed.set(draft.id, result);
  }
  return { composed, left: new Set(drafts.map(({ id }) => id).filter((id) => !composed.has(id))) };
}

async function compose(draft: Draft, deps: SendDeps): Promise<Composed> {
  try {
    return { mime: await composeDraft(draft, deps) };
  } catch (error) {
    if (error instanceof UnsafeHeader) return { refused: error.message };
    deps.log.error({ err: error, outbound: draft.id }, 'message cannot be composed');
    return { trouble: 'It cannot be composed now; the log says why' };
  }
}

/** A few at a time, the lease renewed meanwhile. Those that a slow server left no time for are given back. */
async function sendClaims(transaction: RunTransaction, claims: readonly Claim[], deps: SendDeps): Promise<void> {
  const queue = [...claims];
  const ways = await transaction((tx) => waysOf(tx, claims, deps));
  const leaseMs = deps.leaseMs ?? LEASE;
  const end = performance.now() + (deps.beginMs ?? BEGIN_WITHIN);
  const renewal = setInterval(() => {
    transaction((tx) => renewLease(tx, claims, leaseMs)).catch((error: unknown) => {
      deps.log.warn({ err: error }, 'lease not renewed');
    });
  }, leaseMs / 3);
  const sender = async () => {
    for (let claim = queue.shift(); claim; claim = queue.shift()) {
      await sendClaim(transaction, claim, { ...deps, transport: ways.get(claim.mailboxId) ?? deps.transport });
      if (performance.now() > end) return;
    }
  };
  const senders = await Promise.allSettled(Array.from({ length: deps.concurrency ?? CONCURRENCY }, sender));
  clearInterval(renewal);
  if (queue.length > 0) await transaction((tx) => giveBack(tx, queue));
  const broken = senders.find((result) => result.status === 'rejected');
  if (broken) throw broken.reason;
}

/** How the mail of mailboxes that have a server of their own goes out, by mailbox. */
async function waysOf(
  { em }: Transaction,
  claims: readonly Claim[],
  { transports }: SendDeps,
): Promise<Map<number, MailTransport>> {
  const ids = [...new Set(claims.map(({ mailboxId }) => mailboxId))];
  if (!transports || ids.length === 0) return new Map();
  const own = await em.find(Mailbox, { id: { $in: ids }, transport: { $ne: 'desk' } });
  return new Map(own.map((mailbox) => [mailbox.id, wayOf(mailbox, transports)]));
}

/** Where its password cannot be opened, its mail waits until an admin has entered it again. */
function wayOf(mailbox: Mailbox, transports: MailboxTransports): MailTransport {
  try {
    return transports.of(mailbox);
  } catch (error) {
    if (!(error instanceof SourceUnavailable)) throw error;
    return { send: () => Promise.resolve({ kind: 'unreached', error: error.message }), close: () => Promise.resolve() };
  }
}

async function sendClaim(transaction: RunTransaction, claim: Claim, deps: SendDeps): Promise<void> {
  const result = await deliver(transaction, claim, deps.transport);
  faultPoint('O6');
  const held = await transaction((tx) => recordResult(tx, claim, result));
  const { id, attempts } = claim;
  if (!held) deps.log.warn({ outbound: id, result: result.kind }, 'the lease ended before the result was known');
  else if (result.kind !== 'sent') deps.log.info({ outbound: id, attempts, ...told(result) }, 'message not sent');
}

/** A message that was sent before, perhaps, is looked for first where that can be done, and again when nobody answered. */
async function deliver(transaction: RunTransaction, claim: Claim, transport: MailTransport): Promise<SendResult> {
  const earlier = claim.attempts > 1 ? await lookFor(claim, transport) : null;
  if (earlier) return earlier;
  const result = await hand(transaction, claim, transport);
  const found = result.kind === 'unknown' ? await lookFor(claim, transport) : null;
  return found?.kind === 'sent' ? found : result;
}

async function lookFor(claim: Claim, { find }: MailTransport): Promise<SendResult | null> {
  const { messageId, recipient, createdAt: since } = claim;
  return (find && messageId && (await find({ messageId, recipient, since }))) || null;
}

async function hand(transaction: RunTransaction, claim: Claim, transport: MailTransport): Promise<SendResult> {
  const mime = claim.mime ?? (await transaction((tx) => storedBytes(tx, claim.id)));
  return transport.send({
    envelope: { from: claim.envelopeFrom, to: claim.recipient },
    mime,
    ...(MAIL_TEMPLATES[claim.template].once && { beforeData: () => transaction((tx) => noteOnTheWay(tx, claim)) }),
  });
}

async function storedBytes({ em }: Parameters<typeof noteOnTheWay>[0], id: number): Promise<Buffer> {
  const { mime } = await em.findOneOrFail(OutboundMessage, id, { populate: ['mime'] });
  if (!mime) throw new Error(`Outbound message ${id} has no bytes`);
  return mime as Buffer;
}

/** Codes only: a server's words may name people. */
function told(result: SendResult) {
  return result.kind === 'refused' ? { result: result.kind, code: result.code } : { result: result.kind };
}
