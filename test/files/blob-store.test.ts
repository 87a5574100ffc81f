import { createHash, randomBytes } from 'node:crypto';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localBlobStore, type BlobStore } from '../../src/files/blob-store.ts';
import { temporaryFolder } from '../support/processes.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let blobs: BlobStore;
beforeAll(async () => {
  folder = await temporaryFolder();
  blobs = await localBlobStore(join(folder.path, 'blobs'));
});
afterAll(() => folder.remove());

const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const unnamed = () => readdir(join(folder.path, 'blobs', 'tmp'));
const pathOf = (sha256: string) => join(folder.path, 'blobs', sha256.slice(0, 2), sha256);

test.each([
  ['no bytes', Buffer.alloc(0)],
  ['one byte', Buffer.of(0)],
  ['a megabyte', randomBytes(1_000_000)],
])('%s are kept under their own sha256, whichever way they come', async (_, bytes) => {
  const kept = { sha256: hash(bytes), size: bytes.length };
  expect(await blobs.put(bytes)).toEqual(kept);
  expect(await blobs.putStream(Readable.from(chunks(bytes)), 1_000_000)).toEqual(kept);
  expect(await blobs.size(kept.sha256)).toBe(bytes.length);
  expect((await blobs.read(kept.sha256)).equals(bytes)).toBe(true);
  expect(hash(Buffer.from(await text(blobs.stream(kept.sha256).setEncoding('latin1')), 'latin1'))).toBe(kept.sha256);
  expect(await unnamed()).toEqual([]);
});

function* chunks(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

test('nobody else may read a blob', async () => {
  const { sha256 } = await blobs.put(Buffer.from('private'));
  expect((await stat(pathOf(sha256))).mode & 0o077).toBe(0);
  expect((await stat(join(folder.path, 'blobs'))).mode & 0o077).toBe(0);
});

test('a stream over the limit is refused, leaves nothing behind, and is not read to its end', async () => {
  const source = new PassThrough();
  source.write(Buffer.alloc(11));
  await expect(blobs.putStream(source, 10)).rejects.toMatchObject({
    code: 'payload_too_large',
    details: { limit: 10 },
  });
  expect(source.destroyed).toBe(false);
  expect(await unnamed()).toEqual([]);
  const exact = await blobs.putStream(Readable.from([Buffer.alloc(10)]), 10);
  expect(exact.size).toBe(10);
});

test('a stream that breaks leaves nothing behind', async () => {
  const source = new PassThrough();
  source.write('half');
  const keeping = blobs.putStream(source, 100);
  source.destroy(new Error('cut off'));
  await expect(keeping).rejects.toThrow('cut off');
  expect(await unnamed()).toEqual([]);
});

test('the same bytes from many sides at once are one blob', async () => {
  const bytes = randomBytes(100_000);
  const kept = await Promise.all(Array.from({ length: 10 }, () => blobs.put(bytes)));
  expect(new Set(kept.map(({ sha256 }) => sha256)).size).toBe(1);
  expect((await blobs.read(hash(bytes))).equals(bytes)).toBe(true);
  expect(await unnamed()).toEqual([]);
});

test('a blob that was cut short by a crash of the disk is written anew', async () => {
  const bytes = Buffer.from('the whole of it');
  const { sha256 } = await blobs.put(bytes);
  await writeFile(pathOf(sha256), 'the wh');
  await blobs.put(bytes);
  expect((await blobs.read(sha256)).equals(bytes)).toBe(true);
});

test.each([
  ['cut short', (bytes: Buffer) => bytes.subarray(0, -1)],
  ['with one bit flipped', (bytes: Buffer) => Buffer.from(bytes).fill((bytes[7] ?? 0) ^ 1, 7, 8)],
])('M30: a blob that is %s on the disk is never given as if it were whole', async (_, damage) => {
  const bytes = randomBytes(100_000);
  const { sha256 } = await blobs.put(bytes);
  await writeFile(pathOf(sha256), damage(bytes));
  await expect(blobs.read(sha256)).rejects.toThrow(`The blob ${sha256} is damaged`);
  await expect(text(blobs.stream(sha256))).rejects.toThrow('is damaged');
});

test('T13, V14: a name that is no sha256 never reaches the file system', async () => {
  for (const name of ['', '../../etc/passwd', 'A'.repeat(64), `${'a'.repeat(63)}/`, 'a'.repeat(65)]) {
    expect(() => blobs.read(name), name).toThrow('64 hex digits');
    expect(() => blobs.stream(name), name).toThrow('64 hex digits');
    expect(() => blobs.size(name), name).toThrow('64 hex digits');
  }
  expect(await blobs.size('0'.repeat(64))).toBeNull();
});
