import { randomUUID } from 'node:crypto';
import { mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes a file into a folder, makes it durable and takes it away. Gives the free bytes; throws when it cannot be written. */
export async function examineFolder(dir: string): Promise<{ free: number }> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const path = join(dir, `doctor-${randomUUID()}`);
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile('probe');
      await file.sync();
    } finally {
      await file.close();
    }
  } finally {
    await rm(path, { force: true });
  }
  const { bavail, bsize } = await statfs(dir);
  return { free: bavail * bsize };
}
