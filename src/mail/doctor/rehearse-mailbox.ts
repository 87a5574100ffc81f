import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { RunTransaction } from '../../db/transaction.ts';
import { AppError } from '../../errors.ts';
import { localBlobStore, type BlobStore } from '../../files/blob-store.ts';
import type { Log } from '../../log.ts';
import type { Keyring } from '../../secrets.ts';
import { unknownKeys } from '../inbound/discover.ts';
import { foresight, type Foreseen } from '../inbound/foresee-messages.ts';
import type { InboundMail } from '../inbound/inbound-mail.ts';
import { createParserPool, type ParserPool } from '../inbound/parse/parser-pool.ts';
import type { Mailbox } from '../mailbox.ts';
import { fetchSingly } from '../sources/fetch-singly.ts';
import type { Source } from '../sources/source.ts';

/** What reading a mailbox for the first time, or further, would do. */
export interface Rehearsal {
  messages: number;
  tickets: number;
  comments: number;
  suppressed: number;
  quarantined: number;
  /** Could not be read now; they would be tried again. */
  unread: number;
  /** Acknowledgements that would go out, at most. */
  mails: number;
}

/** Messages that are parsed and decided on together. */
const TOGETHER = 50;

export interface RehearseDeps {
  transaction: RunTransaction;
  replyTokens: Keyring;
  sourceOf: (mailbox: Mailbox) => Source;
  maxMessageBytes: number;
  /** null: the system's. */
  dnsServers: readonly string[] | null;
  log: Log;
}

/**
 * Reads a polled mailbox as the desk would, through the real parser and the real decision, and says what would become of its mail. Nothing is stored,
 * neither here nor at the server. Throws `SourceUnavailable` when it cannot be read.
 */
export async function rehearseMailbox(mailbox: Mailbox, deps: RehearseDeps): Promise<Rehearsal> {
  const dir = await mkdtemp(join(tmpdir(), 'smartsupport-rehearsal-'));
  const dns = deps.dnsServers && { dnsServers: [...deps.dnsServers] };
  const parsers = createParserPool({ blobDir: dir, size: 2, log: deps.log, ...dns });
  try {
    return await rehearse(mailbox, { ...deps, parsers, dir, blobs: await localBlobStore(dir) });
  } finally {
    await parsers.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

interface Place extends RehearseDeps {
  parsers: ParserPool;
  /** Where the blobs are, for as long as a batch lasts. */
  dir: string;
  blobs: BlobStore;
}

async function rehearse(mailbox: Mailbox, place: Place): Promise<Rehearsal> {
  const counts = { messages: 0, tickets: 0, comments: 0, suppressed: 0, quarantined: 0, unread: 0, mails: 0 };
  const source = place.sourceOf(mailbox);
  const imported = mailbox.liveSince === null && mailbox.history === 'quiet';
  const { foresee } = foresight(place, mailbox);
  try {
    const { keys } = await source.list(mailbox.cursor);
    const fresh = await place.transaction((tx) => unknownKeys(tx, mailbox.id, keys));
    counts.messages = fresh.length;
    for (let from = 0; from < fresh.length; from += TOGETHER) {
      const read = await readBatch(
        source,
        fresh.slice(from, from + TOGETHER),
        place,
        !imported && mailbox.senderTrust === 'verify',
      );
      await emptyFolder(place.dir);
      counts.unread += read.unread;
      counts.quarantined += read.unreadable;
      for (const foreseen of await foresee(read.mails, imported)) count(counts, foreseen);
    }
  } finally {
    await source.close?.();
  }
  return counts;
}

/** Takes the files away and leaves the folders: what was decided on needs no room any more. */
async function emptyFolder(dir: string): Promise<void> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  for (const entry of entries) if (entry.isFile()) await rm(join(entry.parentPath, entry.name), { force: true });
}

function count(counts: Rehearsal, { decision, receipt }: Foreseen): void {
  counts[COUNTED[decision.do]]++;
  if (receipt) counts.mails++;
}

const COUNTED = {
  'open-ticket': 'tickets',
  'add-comment': 'comments',
  'record-bounce': 'suppressed',
  suppress: 'suppressed',
  quarantine: 'quarantined',
} as const;

/** Mails in the order of their keys. */
async function readBatch(
  source: Source,
  keys: readonly string[],
  { parsers, blobs, maxMessageBytes: limit }: Place,
  authenticate: boolean,
) {
  const mails = new Map<string, InboundMail>();
  let unread = keys.length;
  let unreadable = 0;
  for await (const fetched of source.fetchMany?.(keys, limit) ?? fetchSingly(source, keys)) {
    if ('failure' in fetched || 'later' in fetched) continue;
    unread--;
    if ('tooLarge' in fetched) unreadable++;
    if (!('raw' in fetched)) continue;
    const raw = fetched.raw instanceof Readable ? fetched.raw : Readable.from([fetched.raw], { objectMode: false });
    const stored = await blobs.putStream(raw, limit).catch((error: unknown) => {
      if (error instanceof AppError && error.code === 'payload_too_large') return null;
      throw error;
    });
    const result = stored && (await parsers.parse(stored.sha256, { authenticate }));
    if (result?.ok) mails.set(fetched.key, result.mail);
    else unreadable++;
  }
  return { unread, unreadable, mails: keys.flatMap((key) => mails.get(key) ?? []) };
}

/** `1,204 messages → 311 tickets, …, 0 mails will be sent`. */
export function presentRehearsal(
  { address, history }: Pick<Mailbox, 'address' | 'history'>,
  counts: Rehearsal,
): string {
  const say = (many: number, one: string) => `${many.toLocaleString('en-US')} ${one}${many === 1 ? '' : 's'}`;
  const parts = [
    say(counts.tickets, 'ticket'),
    say(counts.comments, 'comment'),
    ...(counts.suppressed > 0 ? [`${counts.suppressed.toLocaleString('en-US')} suppressed`] : []),
    ...(counts.quarantined > 0 ? [`${counts.quarantined.toLocaleString('en-US')} in quarantine`] : []),
    ...(counts.unread > 0 ? [`${counts.unread.toLocaleString('en-US')} could not be read now`] : []),
  ];
  const mails = counts.mails === 0 ? '0 mails will be sent' : `up to ${say(counts.mails, 'mail')} will be sent`;
  const how =
    history === 'live' && counts.mails > 0 ? ' (mail from before is taken as new: its history is "live")' : '';
  return `${address}: ${say(counts.messages, 'message')} → ${parts.join(', ')}; ${mails}${how}`;
}
