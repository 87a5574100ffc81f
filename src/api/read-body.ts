import type { IncomingMessage } from 'node:http';
import { AppError } from '../errors.ts';

/** Most bytes of a JSON request. */
const JSON_LIMIT = 1_000_000;

/**
 * The whole body, or 413 beyond `limit` bytes. The rest of a body that is too large is read and thrown away: a client that is still
 * writing would not see the answer otherwise.
 */
export function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) return void chunks.push(chunk);
      chunks.length = 0;
      reject(new AppError('payload_too_large', `More than ${limit} bytes`, { limit }));
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('aborted', () => reject(new AppError('malformed_request', 'The body was cut off')));
    request.on('error', () => reject(new AppError('malformed_request', 'The body was cut off')));
  });
}

/** Levels of a JSON body: none of ours has more than five, and what walks a value of 100,000 overflows its stack (V36). */
const DEEPEST = 32;

/** The body as JSON; an empty one is {}. 415 for another type, 400 for what is not JSON or nested too deeply. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const bytes = await readBytes(request, JSON_LIMIT);
  if (bytes.length === 0) return {};
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
    throw new AppError('unsupported_media_type', 'Send application/json');
  const value = parseJson(bytes);
  if (isDeeper(value, DEEPEST)) throw new AppError('malformed_request', `The body has more than ${DEEPEST} levels`);
  return value;
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new AppError('malformed_request', 'The body is not valid JSON');
  }
}

/** Level by level, without recursion. */
function isDeeper(value: unknown, levels: number): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > levels) return true;
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return false;
}
