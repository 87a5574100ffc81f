import type { RunTransaction, Transaction } from '../../db/transaction.ts';
import { faultPoint } from '../../fault-point.ts';
import type { Log } from '../../log.ts';
import type { Keyring } from '../../secrets.ts';
import { applyDecision } from './apply-decision.ts';
import { openUnread } from './open-unread.ts';
import { decide, trustOf, UNWELCOME, type Decision } from './decide.ts';
import { lockDeliveries, type Delivery } from './delivery.ts';
import { finishAgain, finishFirst, finishUnread } from './finish-delivery.ts';
import { gatherFacts } from './gather-facts.ts';
import type { InboundMail, ParseResult } from './inbound-mail.ts';
import { loadLookup, pointersOf, type Lookup, type Pointers } from './lookup.ts';

export interface IngestDeps {
  transaction: RunTransaction;
  replyTokens: Keyring;
  log: Log;
  /** Parses the raw message of this hash in a limited child; authenticate asks the DNS who sent it. */
  parse: (sha256: string, options: { authenticate: boolean }) => Promise<ParseResult>;
  /** Told after each commit: messages came to an end, and their sources may hear of it. */
  ended: () => void;
}

/** Messages of one transaction. */
const BATCH = 50;
/** After so many failures a message waits for a person, with its raw source kept. */
const TRIES = 8;

interface Prepared {
  id: number;
  result: ParseResult;
}

/** Turns fetched messages into changes of tickets, or into recorded reasons why not. Safe to run twice on the same ids. */
export async function ingestMessages(deps: IngestDeps, ids: readonly number[]): Promise<void> {
  for (let from = 0; from < ids.length; from += BATCH) {
    const prepared = await prepare(deps, ids.slice(from, from + BATCH));
    await applyAll(deps, prepared);
  }
}

/** Parsing needs no transaction: it only adds blobs. A message whose bytes cannot be read now is left for a later try. */
async function prepare({ transaction, parse, log }: IngestDeps, ids: readonly number[]): Promise<Prepared[]> {
  const due = await transaction((tx) =>
    tx.em.execute<{ id: string; raw_sha256: string; quiet: boolean; sender_trust: string }[]>(
      `select i.id, i.raw_sha256, i.quiet, m.sender_trust from inbound_message i join mailbox m on m.id = i.mailbox_id
        where i.id in (?) and i.state = 'fetched' order by i.id`,
      [[...ids]],
    ),
  );
  const prepared = await Promise.all(
    due.map(async ({ id, raw_sha256, quiet, sender_trust }) => {
      const authenticate = !quiet && sender_trust === 'verify';
      try {
        return { id: Number(id), result: await parse(raw_sha256, { authenticate }) };
      } catch (error) {
        log.error({ err: error, inboundMessageId: Number(id) }, 'raw message cannot be read');
        await transaction(async (tx) => {
          if (!(isLost(error) && (await fetchAgain(tx, Number(id))))) await countFailure(tx, Number(id), error);
        });
        return null;
      }
    }),
  );
  return prepared.filter((item) => item !== null);
}

/** Its bytes are not on our disk any more, or not those that we wrote. */
function isLost(error: unknown): boolean {
  return error instanceof Error && /^The blob [0-9a-f]{64} /.test(error.message);
}

/** What a polled source gave it may give again (M30). False: it was handed to us, and nobody else has it. */
async function fetchAgain(tx: Transaction, id: number): Promise<boolean> {
  const rows = await tx.em.execute<unknown[]>(
    `update inbound_message set state = 'discovered', raw_sha256 = null, raw_size = null, next_at = ? where id = ? and state = 'fetched' and untold returning id`,
    [tx.now, id],
  );
  return rows.length > 0;
}

/** One transaction for all; where one fails, those before it are kept, it goes alone, and the rest go on together. */
async function applyAll(deps: IngestDeps, prepared: readonly Prepared[]): Promise<void> {
  let rest = prepared;
  while (rest.length > 0) {
    const { done, failed, failure } = await applyBatch(deps, rest).catch((error: unknown) => {
      // Not in anybody's savepoint, so it is any of them (a reference that cannot be looked up), or the database.
      return { done: rest.length, failed: rest, failure: error };
    });
    for (const one of failed) {
      const alone = rest.length === 1;
      deps.log.warn({ err: failure, inboundMessageId: one.id, alone }, 'message could not be applied');
      if (alone) await deps.transaction((tx) => countFailure(tx, one.id, failure));
      else await applyAll(deps, [one]);
    }
    rest = rest.slice(done);
  }
}

/** A delivery with all that its own bytes say. */
interface Item {
  delivery: Delivery;
  mail: InboundMail;
  /** Message-ID, or what stands in for it. */
  identity: string;
  pointers: Pointers;
}

interface Outcome {
  /** How many are dealt with, the failed one included. */
  done: number;
  failed: readonly Prepared[];
  failure: unknown;
}

/** Applies messages in order, a savepoint each, until one fails. */
async function applyBatch(deps: IngestDeps, prepared: readonly Prepared[]): Promise<Outcome> {
  const outcome = await deps.transaction(async (tx) => {
    const deliveries = await lockDeliveries(
      tx,
      prepared.map(({ id }) => id),
    );
    const items = new Map(prepared.flatMap(({ id, result }) => itemOf(deps.replyTokens, deliveries.get(id), result)));
    const lookup = await loadLookup(tx, [...items.values()]);
    let marked = false;
    for (const [at, item] of prepared.entries()) {
      const { id, result } = item;
      const delivery = deliveries.get(id);
      if (!delivery) continue;
      await nextSavepoint(tx, marked);
      marked = true;
      const failure = await ingestOne(tx, delivery, result, items.get(id), lookup).then(
        () => null,
        (error: unknown) => error ?? new Error('unknown failure'),
      );
      if (failure) await tx.em.execute('rollback to savepoint message');
      if (failure) return { done: at + 1, failed: [item], failure };
    }
    faultPoint('A2');
    return { done: prepared.length, failed: [], failure: null };
  });
  faultPoint('A3');
  deps.ended();
  return outcome;
}

function itemOf(keyring: Keyring, delivery: Delivery | undefined, result: ParseResult): [number, Item][] {
  if (!delivery || !result.ok) return [];
  const { mail } = result;
  const pointers = pointersOf(keyring, delivery.mailbox, mail, delivery.envelopeTo);
  return [[delivery.id, { delivery, mail, pointers, identity: identityOf(mail, delivery.discoveredAt) }]];
}

/** A message without an id is known by its content; without a date too, by its content on this day. */
export function identityOf(mail: InboundMail, seenAt: Date): string {
  return mail.messageId ?? `content:${mail.contentHash}${mail.date ? '' : `:${seenAt.toISOString().slice(0, 10)}`}`;
}

/** One round trip ends the savepoint of the message before and begins the next; the commit ends the last one. */
async function nextSavepoint(tx: Transaction, marked: boolean): Promise<void> {
  await tx.em.execute(marked ? 'release savepoint message; savepoint message' : 'savepoint message');
}

async function ingestOne(
  tx: Transaction,
  delivery: Delivery,
  result: ParseResult,
  item: Item | undefined,
  lookup: Lookup,
): Promise<void> {
  const { id } = delivery;
  if (!result.ok) {
    const { code, reason } = result.failure;
    const words = `${code}: ${reason}`;
    if (delivery.orderedBy === null) return finishUnread(tx, id, { do: 'quarantine', reason: words });
    const opened = await openUnread(tx, { delivery, words, lookup });
    const ordered = `a person made it a ticket; it could not be read, so it is attached as it came (${words})`;
    return finishUnread(tx, id, { do: 'open-ticket', followsId: null, reason: ordered }, opened);
  }
  if (!item) throw new Error(`Delivery ${id} was parsed but not looked up`);
  const { mail, pointers, identity } = item;
  const facts = gatherFacts(lookup, delivery, mail, pointers, identity);
  const trust = trustOf(facts);
  const decision = decide(facts);
  const { ticketId, commentId, note } = await applyDecision(tx, {
    ...{ decision, mail, delivery, trust, lookup, pointers },
  });
  faultPoint('A1');

  const { authentication, fromSource } = mail;
  const finished = {
    ...{ id, mail, trust, facts: { authentication, fromSource, token: facts.token, class: mail.class.reasons } },
    decision: note ? { ...decision, reason: `${decision.reason}; ${note}` } : decision,
    ticketId: ticketId ?? facts.known?.ticketId ?? null,
    commentId: commentId ?? facts.known?.commentId ?? null,
  };
  if (facts.known) {
    await finishAgain(tx, finished, facts.known);
    const { ticketId: ticket, commentId: comment } = finished;
    const refused = [...facts.known.refusedIn, ...refusedIn(finished, delivery)];
    Object.assign(facts.known, { ticketId: ticket, commentId: comment, refusedIn: refused });
  } else {
    const same = lookup.messages.get(identity) ?? [];
    const messageId = await finishFirst(tx, { ...finished, identity, collides: same.length > 0 });
    lookup.messages.set(identity, [
      ...same,
      {
        id: messageId,
        identity,
        contentHash: mail.contentHash,
        ticketId,
        commentId,
        refusedIn: refusedIn(finished, delivery),
      },
    ]);
  }
  if (ticketId !== null)
    for (const reference of mail.references)
      lookup.awaited.set(reference, [...(lookup.awaited.get(reference) ?? []), ticketId]);
}

function refusedIn({ decision }: { decision: Decision }, { mailbox }: Delivery): number[] {
  return decision.do === 'quarantine' && decision.reason.startsWith(UNWELCOME) ? [mailbox.id] : [];
}

/** Waits 1, 2, 4 … 60 minutes between tries; the last one leaves the message to a person. Nothing is thrown away. */
async function countFailure(tx: Transaction, id: number, failure: unknown): Promise<void> {
  const message = (failure instanceof Error ? failure.message : String(failure)).slice(0, 1000);
  const [row] = await tx.em.execute<{ attempts: number }[]>(
    `update inbound_message set attempts = attempts + 1, last_error = ?, next_at = ?::timestamptz + make_interval(mins => least(60, (2 ^ attempts)::int))
      where id = ? and state = 'fetched' returning attempts`,
    [message, tx.now, id],
  );
  if ((row?.attempts ?? 0) < TRIES) return;
  await finishUnread(tx, id, { do: 'quarantine', reason: `failed ${TRIES} times: ${message.slice(0, 300)}` });
}
