import { UsageError } from '../../errors.ts';
import { USE_YOUR_OWN } from './binaries.ts';

/** What PostgreSQL, the dynamic linker or the system say, and what the user is told. First match wins. */
const KNOWN: readonly (readonly [RegExp, (dir: string) => string])[] = [
  [
    /No space left on device|ENOSPC|Disk quota exceeded|EDQUOT/,
    (dir) =>
      `The disk is full: the database below ${dir} cannot be written. Free some space (200 MB do) and start again.`,
  ],
  [
    /Read-only file system|EROFS/,
    (dir) => `${dir} is on a read-only file system. Choose another folder with DATA_DIR.`,
  ],
  [
    /error while loading shared libraries|GLIBC_|Exec format error|ENOEXEC|Library not loaded/,
    () => `The embedded PostgreSQL does not run on this system. ${USE_YOUR_OWN}`,
  ],
  [
    /could not map anonymous shared memory|could not resize shared memory|Cannot allocate memory|ENOMEM/,
    () => 'There is not enough memory for the database. It needs about 200 MB, and 16 MB in /dev/shm.',
  ],
  [
    /pre-existing shared memory block|another postmaster/,
    (dir) => `Another PostgreSQL still works on ${dir}. Stop it, then start again.`,
  ],
  [
    /could not locate a valid checkpoint|invalid primary checkpoint|could not open file "global\/pg_control"/,
    (dir) =>
      `The database below ${dir} is damaged and cannot be opened. Restore it from a backup, or move it away to start empty.`,
  ],
  [
    /Permission denied|EACCES|EPERM|Operation not permitted|has wrong ownership|invalid permissions/,
    (dir) => `This user may not use ${dir}. Start as its owner, or choose another folder with DATA_DIR.`,
  ],
];

/** Turns the output of a failed PostgreSQL program, or a system error, into a UsageError when the user can mend it. */
export function explainFailure(what: string, output: string, dir: string): Error {
  const told = KNOWN.find(([pattern]) => pattern.test(output))?.[1](dir);
  const tail = output.trim().split('\n').slice(-15).join('\n');
  return told === undefined ? new Error(`${what}:\n${tail}`) : new UsageError(told, { cause: new Error(tail) });
}

/** Runs a file system step; what it throws is explained. */
export async function explained<T>(dir: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw explainFailure(
      'The database folder cannot be used',
      error instanceof Error ? error.message : String(error),
      dir,
    );
  }
}
