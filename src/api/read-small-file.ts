import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { SmallFile } from '../contract/route.ts';
import { AppError } from '../errors.ts';
import { readForm } from './read-form.ts';

/** Reads a form with at most one small file, held in memory: the file is the field of its name. */
export async function readSmallFile(
  request: IncomingMessage,
  { field, bytes }: SmallFile,
): Promise<Record<string, unknown>> {
  const take = (stream: Readable) => bytesOf(stream, field, bytes);
  const { fields, files } = await readForm(request, { field, count: 1, take });
  return files.length > 0 ? { ...fields, [field]: files[0] } : { ...fields };
}

/** The rest of a file that is too large is read and thrown away, so that a client that is still writing sees the answer. */
async function bytesOf(stream: Readable, field: string, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
  }
  if (size > limit)
    throw new AppError('payload_too_large', `A file may have ${limit} bytes`, { [field]: ['is too large'] });
  return Buffer.concat(chunks);
}
