import busboy from 'busboy';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { AppError, fieldError } from '../errors.ts';

/** What a form may bring along, and what becomes of each file while it arrives. */
export interface FormFiles<File> {
  /** The one field for files. */
  field: string;
  /** 0: none are taken */
  count: number;
  /** Reads the file to its end, or throws what is wrong with it before it has read any of it. */
  take(stream: Readable, named: { filename: string; mimeType: string }): Promise<File>;
}

/** Reads multipart/form-data (RFC 7578): each field once, and files while they arrive. */
export async function readForm<File>(
  request: IncomingMessage,
  { field, count, take }: FormFiles<File>,
): Promise<{ fields: Record<string, string>; files: File[] }> {
  const parser = parserFor(request, count);
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  const files: Promise<File>[] = [];
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
      try {
        if (name !== field) throw fieldError(name, `is not a field for files; use ${field}`);
        const taken = take(stream, { filename: filename ?? '', mimeType });
        taken.catch(refuse);
        files.push(taken);
      } catch (error) {
        drop(stream);
        refuse(error);
      }
    });
    parser.on('filesLimit', () => {
      refuse(fieldError(field, count > 0 ? `takes at most ${count} file${count > 1 ? 's' : ''}` : 'takes no files'));
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
