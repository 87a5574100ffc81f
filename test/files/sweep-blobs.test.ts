import { randomBytes } from 'node:crypto';
import { readdir, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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

const DAY = 24 * 3600_000;
const before = new Date(Date.now() - 7 * DAY);
const long = new Date(Date.now() - 8 * DAY);
const tmp = (name: string) => join(folder.path, 'blobs', 'tmp', name);
const pathOf = (sha256: string) => join(folder.path, 'blobs', sha256.slice(0, 2), sha256);
/** Bytes that were stored a while ago. */
async function stored(at = long, bytes = randomBytes(100)) {
  const { sha256 } = await blobs.put(bytes);
  await utimes(pathOf(sha256), at, at);
  return { sha256, bytes };
}
const nobody = () => Promise.resolve(new Set<string>());

test('a blob goes when nobody refers to it and nobody stored it for a week; every other one stays', async () => {
  const [used, unused, fresh] = [await stored(), await stored(), await stored(new Date())];
  const swept = await blobs.sweep(before, (asked) =>
    Promise.resolve(new Set(asked.filter((sha256) => sha256 === used.sha256))),
  );
  expect(swept).toEqual({ files: 1, bytes: 100 });
  expect(await Promise.all([used, unused, fresh].map(({ sha256 }) => blobs.size(sha256)))).toEqual([100, null, 100]);
  await blobs.sweep(new Date(Date.now() + DAY), nobody);
});

test('who stores the same bytes again while nobody refers to them yet keeps them', async () => {
  const { sha256, bytes } = await stored();
  expect(await blobs.put(bytes)).toEqual({ sha256, size: 100 });
  expect(await blobs.sweep(before, nobody)).toEqual({ files: 0, bytes: 0 });
  expect(await blobs.read(sha256)).toEqual(bytes);
});

test('who stores them in the very moment in which they are judged keeps them too', async () => {
  const { sha256, bytes } = await stored();
  const storesMeanwhile = async () => {
    await blobs.put(bytes);
    return new Set<string>();
  };
  await blobs.sweep(before, storesMeanwhile);
  expect(await blobs.read(sha256)).toEqual(bytes);
});

test('what a sweep left aside when it died is settled by the next: touched, it comes back; else it goes', async () => {
  const [wanted, unwanted] = [await stored(new Date()), await stored()];
  for (const { sha256 } of [wanted, unwanted]) await rename(pathOf(sha256), tmp(`swept-${sha256}`));
  await blobs.sweep(before, nobody);
  expect(await blobs.read(wanted.sha256)).toEqual(wanted.bytes);
  expect(await blobs.size(unwanted.sha256)).toBeNull();
});

test('an upload that was cut off a week ago goes, one that is under way stays', async () => {
  await writeFile(tmp('old'), 'x');
  await utimes(tmp('old'), long, long);
  await writeFile(tmp('new'), 'x');
  await blobs.sweep(before, nobody);
  expect(await readdir(tmp('.'))).toEqual(['new']);
});

test('two sweeps at once remove each blob once', async () => {
  for (let n = 0; n < 20; n++) await stored();
  const both = await Promise.all([blobs.sweep(before, nobody), blobs.sweep(before, nobody)]);
  expect(both[0].files + both[1].files).toBe(20);
});
