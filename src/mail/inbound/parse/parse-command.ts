import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { localBlobStore, type BlobStore } from '../../../files/blob-store.ts';
import { createLog } from '../../../log.ts';
import type { ParseResult } from '../inbound-mail.ts';
import { readMessages, type MessageFile } from '../message-files.ts';
import { createParserPool, type ParserPool } from './parser-pool.ts';

export interface CommandStreams {
  stdout: Writable;
  stderr: Writable;
  stdin: Readable;
}

const PER_CHILD = 2;

/**
 * `smartsupport parse PATH…`: prints what was understood of each message, one JSON line each, in the order of input.
 * Needs no database: blobs go to a temporary folder that is removed at the end. Exit code 0 when all were parsed, 1
 * when some could not be; their line says why in `error`. Throws `UsageError` for a path that cannot be read.
 */
export async function parseCommand(
  paths: readonly string[],
  { stdout, stderr, stdin }: CommandStreams,
): Promise<number> {
  const blobDir = await mkdtemp(join(tmpdir(), 'smartsupport-parse-'));
  const size = Math.max(1, Math.min(4, availableParallelism()));
  const pool = createParserPool({ blobDir, size, log: createLog('error', stderr) });
  // A reader that has seen enough (`| head`) ends the run; the write that fails says so.
  stdout.once('error', () => undefined);
  let failed = 0;
  try {
    const blobs = await localBlobStore(blobDir);
    const lines: Promise<ParsedLine>[] = [];
    const print = async () => {
      const line = await lines.shift();
      if (line?.error) failed++;
      if (line) await write(stdout, `${JSON.stringify(line)}\n`);
    };
    for await (const message of readMessages(paths, stdin)) {
      lines.push(parseOne(message, blobs, pool));
      if (lines.length >= size * PER_CHILD) await print();
    }
    while (lines.length > 0) await print();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  } finally {
    await pool.stop();
    await rm(blobDir, { recursive: true, force: true });
  }
  return failed === 0 ? 0 : 1;
}

type ParsedLine = ReturnType<typeof toLine>;

async function parseOne({ file, raw }: MessageFile, blobs: BlobStore, pool: ParserPool): Promise<ParsedLine> {
  const { sha256 } = await blobs.put(raw);
  let begunAt = performance.now();
  const result = await pool.parse(sha256, { authenticate: false, begun: () => (begunAt = performance.now()) });
  return toLine(file, result, Math.round(performance.now() - begunAt));
}

/** The mail with how long it took and what its class says on the top level, where scripts look for it. */
function toLine(file: string, result: ParseResult, ms: number) {
  if (!result.ok) return { file, ms, error: result.failure };
  const { mail } = result;
  const { autoReply, bounce, noAutoAnswer, delivery } = mail.class;
  const failedRecipients = delivery
    .filter(({ action }) => action === 'failed' || action === 'delayed')
    .map(({ recipient }) => recipient);
  return { file, ms, error: undefined, ...mail, autoReply, bounce, noAutoAnswer, failedRecipients };
}

function write(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => stream.write(text, (error) => (error ? reject(error) : resolve())));
}
