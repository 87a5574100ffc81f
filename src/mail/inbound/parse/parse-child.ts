import { localBlobStore, type BlobStore } from '../../../files/blob-store.ts';
import type { ParseResult, SenderAuthentication } from '../inbound-mail.ts';
import { authenticateSender, dnsResolver } from './authenticate-sender.ts';
import { PARSE_LIMITS, parseFailure } from './limits.ts';
import { parseMessage } from './parse-message.ts';
import type { ChildMessage, ChildSettings, ParseRequest } from './parse-protocol.ts';

/*
 * The process that parses. It works on the bytes of one message at a time, so that the parent knows whose fault a
 * stall or a death is, while the attachments of earlier ones are being stored and the DNS is being asked.
 */
const settings = JSON.parse(process.argv[2] ?? '{}') as ChildSettings;
const stores = new Map<string, Promise<BlobStore>>();
const resolver = dnsResolver(settings.dnsServers);
const EARLY_BYTES = 1024 * 1024;
let turn = Promise.resolve();

process.on('message', (request: ParseRequest) => {
  const early = readEarly(request);
  turn = turn.then(() => begin(request, early));
});
// The parent decides when we end; Ctrl+C reaches the whole group, and its work is not done yet.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('disconnect', () => process.exit(0));
send({ type: 'ready' });

/** Reads small messages before their turn, large ones in it: several at once would fill the memory. */
async function readEarly({ sha256, blobDir }: ParseRequest): Promise<Buffer | number | null> {
  try {
    const blobs = await storeIn(blobDir);
    const size = await blobs.size(sha256);
    return size !== null && size < EARLY_BYTES ? await blobs.read(sha256) : size;
  } catch {
    return null;
  }
}

/** Resolves when the bytes are understood; the rest of the message goes on beside the next one. */
async function begin(request: ParseRequest, early: Promise<Buffer | number | null>): Promise<void> {
  const { id } = request;
  const raw = await early;
  send({ type: 'start', id });
  await new Promise<void>((resolve) => {
    const bytesRead = () => {
      send({ type: 'read', id });
      resolve();
    };
    parse(request, raw, bytesRead)
      .then((result) => send({ type: 'result', id, result, rss: process.memoryUsage.rss() }))
      .catch((error: unknown) =>
        send({ type: 'error', id, message: error instanceof Error ? error.message : String(error) }),
      )
      .finally(resolve);
  });
}

async function parse(
  { sha256, authenticate, blobDir }: ParseRequest,
  early: Buffer | number | null,
  bytesRead: () => void,
): Promise<ParseResult> {
  if (early === null) throw new Error(`The blob ${sha256} cannot be read`);
  if (typeof early === 'number' && early > PARSE_LIMITS.rawBytes)
    return { ok: false, failure: parseFailure('too-large') };
  const blobs = await storeIn(blobDir);
  const raw = typeof early === 'number' ? await blobs.read(sha256) : early;
  const check = (bytes: Buffer): Promise<SenderAuthentication> => authenticateSender(bytes, { resolver });
  return parseMessage(raw, { blobs, bytesRead, ...(authenticate ? { authenticate: check } : {}) });
}

function storeIn(dir: string): Promise<BlobStore> {
  const known = stores.get(dir);
  if (known) return known;
  const store = localBlobStore(dir);
  stores.set(dir, store);
  // A folder that cannot be made now may be there for the next message.
  store.catch(() => stores.delete(dir));
  return store;
}

function send(message: ChildMessage): void {
  if (process.connected) process.send?.(message);
}
