import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Desk } from '../app.ts';
import type { Config } from '../config.ts';
import { AppError, UsageError } from '../errors.ts';
import { localBlobStore, type BlobStore } from '../files/blob-store.ts';
import type { Log } from '../log.ts';
import { unknownKeys } from '../mail/inbound/discover.ts';
import { foresight, type Foreseen } from '../mail/inbound/foresee-messages.ts';
import type { InboundMail } from '../mail/inbound/inbound-mail.ts';
import { createParserPool, type ParserPool } from '../mail/inbound/parse/parser-pool.ts';
import { POLLED, type Mailbox } from '../mail/mailbox.ts';
import { fetchSingly } from '../mail/sources/fetch-singly.ts';
import type { Source } from '../mail/sources/source.ts';
import { SourceUnavailable } from '../mail/sources/unavailable.ts';
import { mailboxesOf } from './doctor.ts';
import { openTool } from './open-tool.ts';

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

/**
 * Reads a mailbox as the desk would, through the real parser and the real decision, and says what would become of its mail. Nothing is stored,
 * neither here nor at the server. Gives the exit code: 1 when the mailbox cannot be read.
 */
export async function rehearseImport(
  config: Config,
  log: Log,
  address: string,
  print: (line: string) => void,
): Promise<number> {
  const { desk, stop } = await openTool(config, log, 'preview');
  const dir = await mkdtemp(join(tmpdir(), 'smartsupport-rehearsal-'));
  const dns = config.dnsServers && { dnsServers: config.dnsServers };
  const parsers = createParserPool({ blobDir: dir, size: 2, log, ...dns });
  try {
    const [mailbox] = await mailboxesOf(desk, address);
    if (!mailbox || !POLLED.some((kind) => kind === mailbox.source))
      throw new UsageError(`${address} is handed its mail: there is nothing to be read beforehand.`);
    const place = { desk, parsers, dir, blobs: await localBlobStore(dir), limit: config.maxMessageBytes };
    print(presentRehearsal(mailbox, await rehearse(mailbox, place)));
    return 0;
  } catch (error) {
    if (!(error instanceof SourceUnavailable)) throw error;
    print(`The mailbox cannot be read: ${error.message}. See smartsupport doctor.`);
    return 1;
  } finally {
    await parsers.stop();
    await rm(dir, { recursive: true, force: true });
    await stop();
  }
}

interface Place {
  desk: Desk;
  parsers: ParserPool;
  /** Where the blobs are, for as long as a batch lasts. */
  dir: string;
  blobs: BlobStore;
  limit: number;
}

async function rehearse(mailbox: Mailbox, place: Place): Promise<Rehearsal> {
  const { desk } = place;
  const counts = { messages: 0, tickets: 0, comments: 0, suppressed: 0, quarantined: 0, unread: 0, mails: 0 };
  const source = desk.watch.sourceOf(mailbox);
  const imported = mailbox.liveSince === null && mailbox.history === 'quiet';
  const { foresee } = foresight({ transaction: desk.transaction, replyTokens: desk.secrets.replyTokens }, mailbox);
  try {
    const { keys } = await source.list(mailbox.cursor);
    const fresh = await desk.transaction((tx) => unknownKeys(tx, mailbox.id, keys));
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
  { parsers, blobs, limit }: Place,
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
