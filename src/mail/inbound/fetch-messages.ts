import { Readable } from 'node:stream';
import type { RunTransaction, Transaction } from '../../db/transaction.ts';
import { AppError } from '../../errors.ts';
import { faultPoint } from '../../fault-point.ts';
import type { BlobStore } from '../../files/blob-store.ts';
import type { Log } from '../../log.ts';
import type { Mailbox } from '../mailbox.ts';
import { fetchSingly } from '../sources/fetch-singly.ts';
import { headerIn } from '../sources/header-in.ts';
import { whenReceived, type Fetched, type Source } from '../sources/source.ts';
import { SourceUnavailable } from '../sources/unavailable.ts';
import { countFailure, finishHeaderOnly, finishUnfetched, markFetched, putOff, type Kept } from './finish-fetch.ts';
import { noteKept } from './note-kept.ts';

export interface FetchDeps {
  transaction: RunTransaction;
  blobs: BlobStore;
  maxMessageBytes: number;
  log: Log;
  /** Leaves the secrets of a mailbox out of a text, whoever said it. */
  clean?: (mailbox: Mailbox, text: string) => string;
}

interface Due {
  id: number;
  key: string;
  attempts: number;
}

/** Messages of one round. */
const ROUND = 200;
/** Messages, and bytes of them in memory, that wait for the disk: so long the source is read on, or it would idle whenever the disk does not. */
const AHEAD = { messages: 100, bytes: 8 * 1024 * 1024 };

/**
 * One round: brings the raw bytes of discovered messages into the blob store. Gives how many there were; fewer than asked for means that no more
 * are due. Those that failed before go last and one by one, so that they hold nobody. Throws `SourceUnavailable`, with all that came kept.
 */
export async function fetchMessages(
  deps: FetchDeps,
  mailbox: Pick<Mailbox, 'id' | 'liveSince' | 'history'>,
  source: Source,
): Promise<{ due: number; more: boolean }> {
  const due = await deps.transaction((tx) => findDue(tx, mailbox.id));
  const [fresh, failed] = [due.filter(({ attempts }) => attempts === 0), due.filter(({ attempts }) => attempts > 0)];
  for (const batch of [fresh, ...failed.map((one) => [one])])
    if (batch.length > 0) await fetchBatch(deps, mailbox, source, batch);
  return { due: due.length, more: due.length === ROUND };
}

/** What has just come before what is imported, what is new before what failed. */
async function findDue({ em, now }: Transaction, mailboxId: number): Promise<Due[]> {
  const rows = await em.execute<{ id: string; source_key: string; attempts: number }[]>(
    `select i.id, k.source_key, i.attempts from inbound_message i join inbound_key k on k.inbound_message_id = i.id
      where i.mailbox_id = ? and i.state = 'discovered' and i.next_at <= ? order by i.attempts > 0, i.quiet, i.id limit ?`,
    [mailboxId, now, ROUND],
  );
  return rows.map(({ id, source_key, attempts }) => ({ id: Number(id), key: source_key, attempts }));
}

async function fetchBatch(
  deps: FetchDeps,
  mailbox: Pick<Mailbox, 'id' | 'liveSince' | 'history'>,
  source: Source,
  batch: readonly Due[],
): Promise<void> {
  const waiting = new Map(batch.map((due) => [due.key, due]));
  const keys = [...waiting.keys()];
  const writing = new Set<Promise<void>>();
  let held = 0;
  const notes = noteKept(async (rows) => {
    faultPoint('F3');
    await deps.transaction((tx) => markFetched(tx, mailbox, rows));
  });
  const take = async (due: Due, fetched: Fetched): Promise<void> => {
    const row = await keep(deps, due, fetched);
    if (row) await notes.add(row);
  };
  let trouble: { error: unknown } | null = null;
  try {
    for await (const fetched of source.fetchMany?.(keys, deps.maxMessageBytes) ?? fetchSingly(source, keys)) {
      const due = waiting.get(fetched.key);
      if (!due) continue;
      waiting.delete(fetched.key);
      const bytes = 'raw' in fetched && Buffer.isBuffer(fetched.raw) ? fetched.raw.length : 0;
      held += bytes;
      const work = take(due, fetched).then(() => {
        held -= bytes;
      });
      writing.add(work);
      work.then(() => writing.delete(work)).catch(() => undefined); // what failed is left for the end
      // A stream is read from the connection that gives the next one; what is in memory can be written beside.
      if ('raw' in fetched && fetched.raw instanceof Readable) await work;
      while (writing.size >= AHEAD.messages || held >= AHEAD.bytes) await Promise.race(writing);
    }
  } catch (error) {
    trouble = { error };
  }
  const ends = await Promise.allSettled(writing);
  await notes.end(); // whatever happened, what is kept is kept
  const broken = ends.find((end) => end.status === 'rejected');
  if (trouble) throw trouble.error;
  if (broken) throw broken.reason;
  for (const due of waiting.values()) await fail(deps, due, new Error('The source gave no answer about it'));
}

/** Stores what came and gives it to be noted, or notes at once why nothing was stored. Throws when it is not the message's fault. */
async function keep(deps: FetchDeps, due: Due, fetched: Fetched): Promise<Kept | null> {
  const { transaction, blobs, maxMessageBytes } = deps;
  if ('gone' in fetched) {
    await transaction((tx) =>
      finishUnfetched(tx, due.id, 'vanished', `gone before it could be fetched: ${fetched.gone}`),
    );
    return null;
  }
  if ('later' in fetched) {
    await transaction((tx) => putOff(tx, due.id, fetched.later));
    return null;
  }
  if ('failure' in fetched) return fail(deps, due, fetched.failure);
  if ('tooLarge' in fetched) {
    const header = fetched.header && (await blobs.put(fetched.header));
    await transaction((tx) => finishHeaderOnly(tx, due.id, { ...fetched, header, limit: maxMessageBytes }));
    return null;
  }
  const head: Buffer[] = [];
  const bytes = Readable.from(remembering(fetched.raw, head), { objectMode: false });
  try {
    const blob = await blobs.putStream(bytes, maxMessageBytes);
    return { id: due.id, ...blob, receivedAt: whenReceived(fetched) };
  } catch (error) {
    bytes.destroy(); // of what is too large the rest is not waited for
    if (error instanceof SourceUnavailable || isOurs(error)) throw error;
    if (!(error instanceof AppError && error.code === 'payload_too_large')) return fail(deps, due, error);
    const header = await blobs.put(headerIn(Buffer.concat(head)));
    const known = { header, tooLarge: null, receivedAt: whenReceived(fetched), limit: maxMessageBytes };
    await transaction((tx) => finishHeaderOnly(tx, due.id, known));
    return null;
  }
}

/** Bytes of a beginning that are remembered. */
const HEAD = 256 * 1024;

/** Passes the message on and remembers how it begins. */
async function* remembering(raw: Readable | Buffer, head: Buffer[]): AsyncGenerator<Buffer> {
  if (!(raw instanceof Readable)) {
    head.push(raw.subarray(0, HEAD));
    return yield raw;
  }
  let left = HEAD;
  for await (const chunk of raw as AsyncIterable<Buffer>) {
    if (left > 0) head.push(chunk.subarray(0, left));
    left -= chunk.length;
    yield chunk;
  }
}

/** What our own disk says: no message is to blame. */
const OURS = new Set(['ENOSPC', 'EFBIG', 'EDQUOT', 'EROFS', 'EIO', 'EMFILE', 'ENFILE', 'EACCES', 'EPERM']);

function isOurs(error: unknown): boolean {
  return error instanceof Error && 'code' in error && OURS.has(String(error.code));
}

async function fail({ transaction, log }: FetchDeps, due: Due, error: unknown): Promise<null> {
  log.warn({ err: error, inboundMessageId: due.id }, 'message could not be fetched');
  await transaction((tx) => countFailure(tx, due.id, error));
  return null;
}
