import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { UsageError } from '../../errors.ts';

/** One raw message and where it came from: a path, `path#3` for the third message of an mbox, `-` for standard input. */
export interface MessageFile {
  file: string;
  raw: Buffer;
}

const LF = 0x0a;
/** `From sender Mon Jan  5 10:00:00 2026`: without a time it is a sentence that begins with "From". */
const SEPARATOR = /^From \S.*\d{1,2}:\d\d/;
const SEPARATOR_MAX = 500;

/**
 * The messages of files, folders (recursive, by name, hidden entries left out), mbox files and standard input (`-`),
 * one after another: only one is in memory. A file is an mbox when it begins with a separator line and holds another;
 * its messages are freed of `>From ` quoting (mboxrd). Throws `UsageError` for a path that cannot be read.
 */
export async function* readMessages(paths: readonly string[], stdin: Readable): AsyncGenerator<MessageFile> {
  for (const path of paths) {
    if (path === '-') yield* splitMessages('-', stdin);
    else for await (const file of walk(path)) yield* splitMessages(file, createReadStream(file));
  }
}

async function* walk(path: string): AsyncGenerator<string> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `Cannot read ${path}: ${error.code === 'ENOENT' ? 'there is no such file or folder' : error.message}`,
    );
  });
  if (!found.isDirectory()) return yield path;
  const entries = (await readdir(path, { withFileTypes: true })).filter(({ name }) => !name.startsWith('.'));
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const inner = join(path, entry.name);
    if (entry.isDirectory()) yield* walk(inner);
    else if (entry.isFile() || (entry.isSymbolicLink() && (await isFile(inner)))) yield inner;
  }
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Cuts a stream at separator lines that follow a blank line, if it begins with one; else it is one message. */
async function* splitMessages(file: string, source: Readable): AsyncGenerator<MessageFile> {
  let number = 0;
  let message: Buffer[] = [];
  for await (const { bytes, begins } of mboxPieces(source)) {
    if (begins && message.length > 0) {
      yield { file: `${file}#${++number}`, raw: unquoted(Buffer.concat(message)) };
      message = [];
    }
    message.push(bytes);
  }
  const raw = Buffer.concat(message);
  yield number === 0 ? { file, raw } : { file: `${file}#${number + 1}`, raw: unquoted(raw) };
}

/** The stream in pieces of whole lines; `begins` marks those that start with a separator. */
async function* mboxPieces(source: Readable): AsyncGenerator<{ bytes: Buffer; begins: boolean }> {
  let rest = Buffer.alloc(0);
  let isMbox: boolean | null = null;
  let afterBlank = true;
  for await (const chunk of source as AsyncIterable<Buffer | string>) {
    const bytes = Buffer.concat([rest, Buffer.from(chunk as Buffer)]);
    if (isMbox === null && bytes.length >= 5) isMbox = bytes.toString('latin1', 0, 5) === 'From ';
    if (isMbox === false) {
      rest = Buffer.alloc(0);
      yield { bytes, begins: false };
      continue;
    }
    const end = bytes.lastIndexOf(LF) + 1;
    rest = bytes.subarray(end);
    let from = 0;
    for (let at = 0; at < end;) {
      const next = bytes.indexOf(LF, at) + 1;
      const separates =
        afterBlank &&
        bytes[at] === 0x46 &&
        SEPARATOR.test(bytes.toString('latin1', at, Math.min(next, at + SEPARATOR_MAX)).trimEnd());
      if (separates && at > from) yield { bytes: bytes.subarray(from, at), begins: false };
      if (separates) {
        yield { bytes: bytes.subarray(at, next), begins: true };
        from = next;
      }
      afterBlank = next - at === 1 || (next - at === 2 && bytes[at] === 0x0d);
      at = next;
    }
    if (end > from) yield { bytes: bytes.subarray(from, end), begins: false };
  }
  if (rest.length > 0) yield { bytes: rest, begins: false };
}

/** mboxrd: every line of `>` marks before `From ` was given one more. */
function unquoted(raw: Buffer): Buffer {
  if (!raw.includes('>From ')) return raw;
  return Buffer.from(raw.toString('latin1').replaceAll(/^>(>*From )/gm, '$1'), 'latin1');
}
