import { open, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The server's log, beside its data. */
export const SERVER_LOG = 'postgres.log';
const FULL = 10_000_000;

/** A log opened for one start of the server. */
export interface ServerLog {
  fd: number;
  /** What was written since it was opened, at most 64 kB. */
  written(): Promise<string>;
  close(): Promise<void>;
}

/** Opens the log to append; one of over 10 MB is put aside first, in place of the one put aside before. */
export async function openServerLog(dir: string): Promise<ServerLog> {
  const path = join(dir, SERVER_LOG);
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  const full = size > FULL;
  if (full) await rename(path, `${path}.1`);
  const file = await open(path, 'a+', 0o600);
  return {
    fd: file.fd,
    written: async () => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(64_000), 0, 64_000, full ? 0 : size);
      return buffer.toString('utf8', 0, bytesRead);
    },
    close: () => file.close(),
  };
}
