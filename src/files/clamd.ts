import { connect, type NetConnectOpts, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';

/** What a scanner says of some bytes. error: it could not look into all of them. */
export type Verdict = { state: 'clean' } | { state: 'infected'; found: string } | { state: 'error'; found: string };

/** A virus scanner. Rejects with ScannerAway when nothing can be said for now. */
export interface Scanner {
  scan(bytes: Readable, stopping?: AbortSignal): Promise<Verdict>;
  /** What its signatures are, in its own words; others find other things. */
  signatures(): Promise<string>;
}

/** It is down, hangs, or broke off: what was asked about is as unknown as before. */
export class ScannerAway extends Error {
  override readonly name = 'ScannerAway';
}

/** Milliseconds for a file, and within which something must move. */
const TIMEOUT = 30_000;
/** Most bytes of a piece, and of an answer. */
const PIECE = 64 * 1024;
const ANSWER = 4096;

/** clamd by its own protocol (clamd(8): INSTREAM, VERSION), on a TCP port or a socket of this machine. `timeout` in milliseconds, for tests. */
export function clamdScanner(address: NetConnectOpts, timeout = TIMEOUT): Scanner {
  return {
    scan: async (bytes, stopping) =>
      judge(
        await ask(address, { timeout, stopping }, (socket) => stream(socket, bytes)).finally(() => bytes.destroy()),
      ),
    signatures: async () => ask(address, { timeout }, async (socket) => void socket.write('zVERSION\0')),
  };
}

/** One question on a connection of its own. The answer may come while we still send: it then wants no more. */
async function ask(
  address: NetConnectOpts,
  { timeout, stopping }: { timeout: number; stopping?: AbortSignal | undefined },
  send: (socket: Socket) => Promise<void>,
): Promise<string> {
  const socket = connect(address);
  const stop = () => socket.destroy(new ScannerAway('The desk was stopped meanwhile'));
  stopping?.addEventListener('abort', stop);
  const timer = setTimeout(
    () => socket.destroy(new ScannerAway(`It did not answer within ${timeout / 1000} s`)),
    timeout,
  );
  try {
    const answer = readAnswer(socket);
    const sent = send(socket);
    sent.catch(() => undefined); // where it broke off the answer says more
    return await answer.catch(async (error: unknown) => {
      socket.destroy();
      await sent.catch((cause: unknown) => {
        if (cause instanceof SourceBroken) throw cause.cause;
      });
      throw error instanceof ScannerAway ? error : new ScannerAway(wordsOf(error), { cause: error });
    });
  } finally {
    clearTimeout(timer);
    stopping?.removeEventListener('abort', stop);
    socket.destroy();
  }
}

/** The blob, not the scanner, failed: that is a trouble of its own. */
class SourceBroken extends Error {}

/** INSTREAM: each piece behind its length, 32 bits, network order; a length of nothing ends it. */
async function stream(socket: Socket, bytes: Readable): Promise<void> {
  socket.write('zINSTREAM\0');
  const source = (bytes as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await source.next().catch((error: unknown) => {
      socket.destroy(); // never ended, so never judged
      throw new SourceBroken('The file cannot be read', { cause: error });
    });
    if (done) break;
    for (let at = 0; at < value.length; at += PIECE) {
      await write(socket, framed(value.subarray(at, at + PIECE)));
      await setImmediate(); // an answer that came meanwhile is read before the next piece breaks the connection
    }
  }
  await write(socket, Buffer.alloc(4));
}

function framed(piece: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(piece.length);
  return Buffer.concat([length, piece]);
}

function write(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => socket.write(bytes, (error) => (error ? reject(error) : resolve())));
}

/**
 * Up to the NUL that ends it; an end without one is no answer. Taken as it comes: who has enough of a file says so and hangs up, and the next
 * piece that we write then breaks the connection.
 */
function readAnswer(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const finish = (error?: Error) => {
      const end = text.indexOf('\0');
      if (end >= 0) resolve(text.slice(0, end).trim());
      else reject(error ?? new ScannerAway('It broke off without an answer'));
    };
    socket.on('data', (piece) => {
      text += piece.toString('latin1');
      if (text.includes('\0') || text.length > ANSWER) finish();
    });
    socket.on('error', finish);
    socket.on('close', () => finish());
  });
}

/** Only the one answer that says so is clean. What it could not look into, as it is too large, too deep or encrypted, is neither. */
function judge(answer: string): Verdict {
  if (answer === 'stream: OK') return { state: 'clean' };
  const [, found = ''] = /^stream: (.+) FOUND$/.exec(answer) ?? [];
  if (/^Heuristics\.(Limits|Encrypted)\./.test(found)) return { state: 'error', found };
  if (found) return { state: 'infected', found };
  if (/size limit exceeded/i.test(answer)) return { state: 'error', found: 'The file is too large for the scanner' };
  throw new ScannerAway(`It answered ${JSON.stringify(answer.slice(0, 200))}`);
}

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
