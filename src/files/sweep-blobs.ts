import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Which of these blobs are referred to by somebody. */
export type UsedBlobs = (sha256s: readonly string[]) => Promise<ReadonlySet<string>>;

export interface Swept {
  files: number;
  bytes: number;
}

/** Blobs that are asked about at once. */
const ASKED = 500;
/** How a blob is called, in `tmp`, between its place and its end. */
const SWEPT = /^swept-([0-9a-f]{64})$/;

/**
 * Removes the blobs to which nobody refers and that nobody stored (again) since `before`, and what a crash left in `tmp`. Whoever stores the same
 * bytes meanwhile touches the file, or finds none and writes it anew: a blob is moved aside first, and comes back when it was touched. What a
 * crash leaves aside, the next turn settles.
 */
export async function sweepBlobs(dir: string, before: Date, used: UsedBlobs): Promise<Swept> {
  const swept = await sweepTmp(dir, before);
  for (const folder of (await readdir(dir)).filter((name) => /^[0-9a-f]{2}$/.test(name)).sort())
    for (const names of chunks(await readdir(join(dir, folder)), ASKED)) {
      const kept = await used(names);
      for (const sha256 of names) {
        if (kept.has(sha256)) continue;
        const path = join(dir, folder, sha256);
        if (!(await isOlder(path, before))) continue;
        if (await moved(path, join(dir, 'tmp', `swept-${sha256}`))) add(swept, await settle(dir, sha256, before));
      }
    }
  return swept;
}

/** Uploads that were cut off, and blobs that were moved aside by whoever died then. */
async function sweepTmp(dir: string, before: Date): Promise<Swept> {
  const swept = { files: 0, bytes: 0 };
  for (const name of await readdir(join(dir, 'tmp'))) {
    const [, sha256] = SWEPT.exec(name) ?? [];
    if (sha256) add(swept, await settle(dir, sha256, before));
    else if (await isOlder(join(dir, 'tmp', name), before)) await rm(join(dir, 'tmp', name), { force: true });
  }
  return swept;
}

/** Ends a blob that was moved aside, or puts it back when somebody touched it before it was moved. */
async function settle(dir: string, sha256: string, before: Date): Promise<Swept> {
  const aside = join(dir, 'tmp', `swept-${sha256}`);
  const found = await lookAt(aside);
  if (!found) return { files: 0, bytes: 0 };
  if (found.mtime >= before) {
    await moved(aside, join(dir, sha256.slice(0, 2), sha256));
    return { files: 0, bytes: 0 };
  }
  await rm(aside, { force: true });
  return { files: 1, bytes: found.size };
}

async function isOlder(path: string, before: Date): Promise<boolean> {
  const found = await lookAt(path);
  return found !== null && found.mtime < before;
}

async function lookAt(path: string): Promise<{ mtime: Date; size: number } | null> {
  return stat(path).catch(() => null);
}

/** False: somebody else was faster. */
async function moved(from: string, to: string): Promise<boolean> {
  return rename(from, to).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}

function add(sum: Swept, { files, bytes }: Swept): void {
  sum.files += files;
  sum.bytes += bytes;
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
