import type { RunTransaction, Transaction } from '../../db/transaction.ts';
import { sealBytes } from '../../secrets.ts';
import { faultPoint } from '../../fault-point.ts';
import { Mailbox } from '../mailbox.ts';
import { SourceUnavailable } from '../sources/unavailable.ts';
import type { MailboxTransports } from '../transports/open-transport.ts';
import type { MailTransport } from '../transports/transport.ts';
import { claimRows, type Claim, type Composed } from './claim.ts';
import { UnsafeHeader } from './compose.ts';
import { composeDraft, type ComposeDeps } from './compose-draft.ts';
import type { DraftDeps } from './draft.ts';
import { readDrafts, type Draft } from './read-drafts.ts';
import { LEASE, placeOf, sendClaims, type DeliverDeps } from './send-claims.ts';

export interface SendDeps extends ComposeDeps, DraftDeps, DeliverDeps {
  /** The ways of mailboxes that have one of their own; without it all mail goes out by `transport`. */
  transports?: MailboxTransports;
}

/** Rows of one claim. */
const ROWS = 50;
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
    const { claims, ways } = await transaction(async (tx) => {
      const claims = await claimRows(tx, now, composed, deps.leaseMs ?? LEASE);
      return { claims, ways: await waysOf(tx, claims, deps) };
    });
    faultPoint('O3');
    await sendClaims(transaction, claims, ways, deps);
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
  if (draft.about === 'ticket' && draft.waits) return { later: 'It waits until its files are scanned for viruses' };
  try {
    const mime = await composeDraft(draft, deps);
    const carriesLink = draft.about === 'ticket' && draft.view.link !== null;
    return { mime, sealed: carriesLink ? sealBytes(deps.sealing, mime, placeOf(draft.id)) : null };
  } catch (error) {
    if (error instanceof UnsafeHeader) return { refused: error.message };
    deps.log.error({ err: error, outbound: draft.id }, 'message cannot be composed');
    return { trouble: 'It cannot be composed now; the log says why' };
  }
}

/** How the mail of mailboxes that have a server of their own goes out, by mailbox. */
async function waysOf(
  { em }: Transaction,
  claims: readonly Claim[],
  { transports }: SendDeps,
): Promise<Map<number, MailTransport>> {
  const ids = [...new Set(claims.map(({ mailbox }) => mailbox.id))];
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
