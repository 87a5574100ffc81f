import busboy from 'busboy';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { AppError, fieldError } from '../errors.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { cleanFilename } from '../files/clean-filename.ts';
import { refusedType } from '../files/refused-type.ts';
import type { Settings } from '../settings/schema.ts';
import type { NewFile } from '../tickets/new-comment.ts';

/** What a message may bring along, as the settings say. */
export interface UploadLimits {
  /** bytes of one file */
  size: number;
  /** files of one message; 0: none are taken */
  count: number;
  /** content types, as in the setting `file_types` */
  types: readonly string[];
}

export function uploadLimits(settings: Settings): UploadLimits {
  const { feature_uploads, max_file_size, max_files, file_types } = settings;
  return { size: max_file_size, count: feature_uploads ? max_files : 0, types: file_types };
}

export interface Upload {
  fields: Record<string, string>;
  files: NewFile[];
}

/**
 * Reads multipart/form-data (RFC 7578). Each file of the field `attachments` is streamed into the blob store while it arrives;
 * what a refused request leaves there belongs to no row and is collected later.
 */
export async function readUpload(request: IncomingMessage, blobs: BlobStore, limits: UploadLimits): Promise<Upload> {
  const parser = parserFor(request, limits.count);
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  const files: Promise<NewFile>[] = [];
  const done = new Promise<void>((resolve, reject) => {
    const refuse = (error: unknown) => {
      request.unpipe(parser);
      request.resume();
      setImmediate(() => parser.destroy()); // ends the file that is being written; not within the parser's own call
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    parser.on('field', (name, value, { nameTruncated, valueTruncated }) => {
      if (nameTruncated || valueTruncated) refuse(fieldError(name, 'is too long'));
      else if (name in fields) refuse(fieldError(name, 'is given twice'));
      else fields[name] = value;
    });
    parser.on('file', (name, stream, { filename, mimeType }) => {
      if (name !== 'attachments') {
        drop(stream);
        return refuse(fieldError(name, 'is not a field for files; use attachments'));
      }
      const named = { filename: cleanFilename(filename ?? ''), contentType: cleanType(mimeType) };
      const refused = refusedType(limits.types, named);
      if (refused !== null) {
        drop(stream);
        return refuse(fieldError('attachments', `"${named.filename}" is not taken: files of type ${refused} are not`));
      }
      const stored = blobs.putStream(stream, limits.size).then(
        ({ sha256, size }) => ({ sha256, size, ...named, inline: false, contentId: null }),
        (error: unknown) => Promise.reject(explain(error, limits.size)),
      );
      stored.catch(refuse);
      files.push(stored);
    });
    parser.on('filesLimit', () => {
      refuse(fieldError('attachments', limits.count > 0 ? `takes at most ${limits.count} files` : 'takes no files'));
    });
    parser.on('fieldsLimit', () => refuse(new AppError('malformed_request', 'Too many fields')));
    parser.on('error', () => refuse(new AppError('malformed_request', 'The body is not valid multipart/form-data')));
    parser.on('close', resolve);
    request.on('aborted', () => refuse(new AppError('malformed_request', 'The upload was cut off')));
  });
  request.pipe(parser);
  await done;
  return { fields, files: await Promise.all(files) };
}

/** Reads a file to its end for nothing. When the parser is ended before, the stream fails, and an error that nobody listens to ends the process. */
function drop(stream: Readable): void {
  stream.on('error', () => undefined).resume();
}

function parserFor(request: IncomingMessage, files: number): busboy.Busboy {
  const limits = { fields: 30, fieldNameSize: 100, fieldSize: 500_000, files, parts: files + 40, headerPairs: 50 };
  try {
    return busboy({ headers: request.headers, limits, defParamCharset: 'utf8' });
  } catch {
    throw new AppError('malformed_request', 'The body is not valid multipart/form-data');
  }
}

function explain(error: unknown, size: number): Error {
  if (error instanceof AppError && error.code === 'payload_too_large')
    return new AppError('payload_too_large', `A file may have ${size} bytes`, {
      attachments: ['is too large'],
    });
  return error instanceof Error ? error : new Error(String(error));
}

/** Only a plain `type/subtype`; anything else is unknown bytes. */
export function cleanType(type: string): string {
  return /^[a-z0-9.+-]{1,60}\/[a-z0-9.+-]{1,100}$/i.test(type) ? type.toLowerCase() : 'application/octet-stream';
}
