import { createHash, randomUUID, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, statfs, utimes, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { AppError } from '../errors.ts';
import { faultPoint } from '../fault-point.ts';
import { sweepBlobs, type Swept, type UsedBlobs } from './sweep-blobs.ts';

/** A stored blob: lower-case hex sha256 of its bytes and their number. */
export interface Blob {
  sha256: string;
  size: number;
}

/** Content-addressed storage of raw messages and attachments. A name never comes from outside. */
export interface BlobStore {
  put(bytes: Uint8Array): Promise<Blob>;
  /** Throws `payload_too_large` beyond `limit` bytes, leaves nothing behind, and the rest of the source unread. */
  putStream(source: Readable, limit: number): Promise<Blob>;
  /** Throws when the bytes are not those that were stored (M30). */
  read(sha256: string): Promise<Buffer>;
  /** Fails at its end when the bytes are not those that were stored; a part of them (both ends included) is not compared. */
  stream(sha256: string, range?: { start: number; end: number }): Readable;
  /** Size in bytes, or null when there is no such blob. */
  size(sha256: string): Promise<number | null>;
  /** Whether so many bytes may be taken without filling the disk: what is taken then must also be worked on. */
  hasRoom(bytes: number): Promise<boolean>;
  /** Removes what nobody refers to and nobody stored since `before`. Safe at any time, and for several at once. */
  sweep(before: Date, used: UsedBlobs): Promise<Swept>;
}

/** Bytes that stay free. */
const SPARE = 200_000_000;

/**
 * Blobs as files: written beside, fsynced, renamed, folder fsynced. So after `put` the bytes survive a power cut, and a
 * crash before leaves only an unnamed file in `tmp`.
 */
export async function localBlobStore(dir: string): Promise<BlobStore> {
  const tmp = join(dir, 'tmp');
  await mkdir(tmp, { recursive: true, mode: 0o700 });
  const folders = new Map<string, Promise<void>>();

  const folderOf = (sha256: string) => join(dir, sha256.slice(0, 2));
  const pathOf = (sha256: string) => {
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error('A blob is named by 64 hex digits');
    return join(folderOf(sha256), sha256);
  };

  async function write(fill: (file: FileHandle, hash: Hash) => Promise<number>): Promise<Blob> {
    const path = join(tmp, randomUUID());
    const hash = createHash('sha256');
    const file = await open(path, 'wx', 0o600);
    try {
      const size = await fill(file, hash);
      await file.sync();
      const sha256 = hash.digest('hex');
      await ensureFolder(sha256);
      faultPoint('F2');
      await rename(path, pathOf(sha256));
      await syncFolder(folderOf(sha256));
      return { sha256, size };
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    } finally {
      await file.close();
    }
  }

  async function ensureFolder(sha256: string): Promise<void> {
    const folder = folderOf(sha256);
    const made = folders.get(folder) ?? makeFolder(folder);
    folders.set(folder, made);
    await made;
  }

  async function makeFolder(folder: string): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await syncFolder(dir);
  }

  return {
    async put(bytes) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      if ((await sizeOf(pathOf(sha256))) === bytes.length && (await touch(pathOf(sha256))))
        return { sha256, size: bytes.length };
      return write(async (file, hash) => {
        hash.update(bytes);
        await file.writeFile(bytes);
        return bytes.length;
      });
    },
    putStream(source, limit) {
      source.once('error', () => undefined); // it may break before anybody reads: reading it then fails
      return write(async (file, hash) => {
        let size = 0;
        for await (const chunk of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
          size += chunk.length;
          if (size > limit) throw new AppError('payload_too_large', `More than ${limit} bytes`, { limit });
          hash.update(chunk);
          await file.write(chunk);
          faultPoint('F1');
        }
        return size;
      });
    },
    read: (sha256) => readWhole(pathOf(sha256), sha256),
    stream: (sha256, range) =>
      range
        ? createReadStream(pathOf(sha256), range)
        : Readable.from(verified(createReadStream(pathOf(sha256)), sha256), { objectMode: false }),
    size: (sha256) => sizeOf(pathOf(sha256)),
    async hasRoom(bytes) {
      const { bavail, bsize } = await statfs(dir);
      return bavail * bsize > bytes + SPARE;
    },
    sweep: (before, used) => sweepBlobs(dir, before, used),
  };
}

async function readWhole(path: string, sha256: string): Promise<Buffer> {
  const bytes = await readFile(path);
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) throw damaged(sha256);
  return bytes;
}

async function* verified(bytes: Readable, sha256: string): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of bytes as AsyncIterable<Buffer>) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest('hex') !== sha256) throw damaged(sha256);
}

function damaged(sha256: string): Error {
  return new Error(`The blob ${sha256} is damaged: its bytes are not those that were stored`);
}

async function sizeOf(path: string): Promise<number | null> {
  return stat(path).then(
    ({ size }) => size,
    () => null,
  );
}

/** Says that somebody needs these bytes again, so that they are not swept before they say so in the database. False: they are not there. */
async function touch(path: string): Promise<boolean> {
  const now = new Date();
  return utimes(path, now, now).then(
    () => true,
    () => false,
  );
}

/** Makes a rename durable. Windows cannot open a folder and needs no such call. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
