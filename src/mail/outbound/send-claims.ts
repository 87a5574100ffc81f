import type { RunTransaction, Transaction } from '../../db/transaction.ts';
import { faultPoint } from '../../fault-point.ts';
import type { Log } from '../../log.ts';
import { unsealBytes, type Keyring } from '../../secrets.ts';
import { bounceAddress } from '../reply-token.ts';
import type { MailTransport, SendResult } from '../transports/transport.ts';
import type { Claim } from './claim.ts';
import { inBatches } from './in-batches.ts';
import { MAIL_TEMPLATES } from './mail-template.ts';
import { OutboundMessage } from './outbound-message.ts';
import { giveBack, noteOnTheWay, recordResults, renewLease, type Delivered } from './record-results.ts';

export interface DeliverDeps {
  transport: MailTransport;
  log: Log;
  /** Signs bounce addresses. */
  keyring: Keyring;
  /** Seals the stored bytes that hold a status link. */
  sealing: Keyring;
  /** Milliseconds that a claimed row is ours without a sign of life; it is renewed while its message is on the way. */
  leaseMs?: number;
  /** Milliseconds in which the messages of one claim may be begun. */
  beginMs?: number;
  /** Messages on the way at once. */
  concurrency?: number;
}

/** Short, because after a crash nobody sends the row before it ends. */
export const LEASE = 30_000;
/** The default of beginMs; what was not begun by then is given back for whoever is free. */
const BEGIN_WITHIN = 18_000;
/** As many as there are connections to a server (`smtpTransport`). */
const CONCURRENCY = 5;

/** A few at a time, the lease renewed meanwhile. Those that a slow server left no time for are given back. */
export async function sendClaims(
  transaction: RunTransaction,
  claims: readonly Claim[],
  ways: ReadonlyMap<number, MailTransport>,
  deps: DeliverDeps,
): Promise<void> {
  if (claims.length === 0) return;
  const queue = [...claims];
  const leaseMs = deps.leaseMs ?? LEASE;
  const end = performance.now() + (deps.beginMs ?? BEGIN_WITHIN);
  const renewal = setInterval(() => {
    transaction((tx) => renewLease(tx, claims, leaseMs)).catch((error: unknown) => {
      deps.log.warn({ err: error }, 'lease not renewed');
    });
  }, leaseMs / 3);
  const books = booksOf(transaction);
  const sender = async () => {
    for (let claim = queue.shift(); claim; claim = queue.shift()) {
      await sendClaim(transaction, claim, books, { ...deps, transport: ways.get(claim.mailbox.id) ?? deps.transport });
      if (performance.now() > end) return;
    }
  };
  const senders = await Promise.allSettled(Array.from({ length: deps.concurrency ?? CONCURRENCY }, sender));
  clearInterval(renewal);
  if (queue.length > 0) await transaction((tx) => giveBack(tx, queue));
  const broken = senders.find((result) => result.status === 'rejected');
  if (broken) throw broken.reason;
}

/**
 * What is written of a message beside its claim. Senders share a transaction where they come at once; each waits for its own line before it goes on,
 * so that a crash leaves no more results unwritten than there are senders.
 */
interface Books {
  record(delivered: Delivered): Promise<boolean>;
  onTheWay(claim: Claim): Promise<boolean>;
}

function booksOf(transaction: RunTransaction): Books {
  return {
    record: inBatches((delivered: readonly Delivered[]) => transaction((tx) => recordResults(tx, delivered))),
    onTheWay: inBatches((claims: readonly Claim[]) => transaction((tx) => noteOnTheWay(tx, claims))),
  };
}

async function sendClaim(transaction: RunTransaction, claim: Claim, books: Books, deps: DeliverDeps): Promise<void> {
  const result = await deliver(transaction, claim, books, deps);
  faultPoint('O6');
  const held = await books.record({ claim, result });
  const { id, attempts } = claim;
  if (!held) deps.log.warn({ outbound: id, result: result.kind }, 'the lease ended before the result was known');
  else if (result.kind !== 'sent') deps.log.info({ outbound: id, attempts, ...told(result) }, 'message not sent');
}

/** A message that was sent before, perhaps, is looked for first where that can be done, and again when nobody answered. */
async function deliver(
  transaction: RunTransaction,
  claim: Claim,
  books: Books,
  deps: DeliverDeps,
): Promise<SendResult> {
  const earlier = claim.attempts > 1 ? await lookFor(claim, deps.transport) : null;
  if (earlier) return earlier;
  const result = await hand(transaction, claim, books, deps);
  const found = result.kind === 'unknown' ? await lookFor(claim, deps.transport) : null;
  return found?.kind === 'sent' ? found : result;
}

async function lookFor(claim: Claim, { find }: MailTransport): Promise<SendResult | null> {
  const { messageId, recipient, createdAt: since } = claim;
  return (find && messageId && (await find({ messageId, recipient, since }))) || null;
}

async function hand(
  transaction: RunTransaction,
  claim: Claim,
  books: Books,
  { transport, sealing, keyring }: DeliverDeps,
): Promise<SendResult> {
  const mime = claim.mime ?? (await transaction((tx) => storedBytes(tx, claim.id, sealing)));
  const beforeData = async () => {
    if (!(await books.onTheWay(claim))) throw new Error('The lease of the row is lost');
  };
  const sendFrom = (from: string) =>
    transport.send({
      envelope: { from, to: claim.recipient },
      mime,
      ...(MAIL_TEMPLATES[claim.template].once && { beforeData }),
    });
  const result = await sendFrom(claim.envelopeFrom);
  const takesNoNull = claim.envelopeFrom === '' && result.kind === 'refused' && result.permanent && result.sender;
  // RFC 5321 §4.5.5 has every server take <>; some do not. Machines that write to a bounce address are heard by nobody.
  return takesNoNull ? sendFrom(bounceAddress(keyring, claim.mailbox, claim.id)) : result;
}

async function storedBytes({ em }: Transaction, id: number, sealing: Keyring): Promise<Buffer> {
  const { mime, sealed } = await em.findOneOrFail(OutboundMessage, id, { populate: ['mime'] });
  if (!mime) throw new Error(`Outbound message ${id} has no bytes`);
  const bytes = Buffer.from(mime as Uint8Array);
  return sealed ? unsealBytes(sealing, bytes, placeOf(id)) : bytes;
}

/** What the sealed bytes of a row are bound to. */
export const placeOf = (id: number) => `outbound_message/${id}`;

/** Codes only: a server's words may name people. */
function told(result: SendResult) {
  return result.kind === 'refused' ? { result: result.kind, code: result.code } : { result: result.kind };
}
