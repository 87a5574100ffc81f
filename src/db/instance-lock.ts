import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as pause } from 'node:timers/promises';
import { UsageError } from '../errors.ts';

/** The right to be the one desk that runs on a data folder. */
export interface InstanceLock {
  /** Says that this process is going down: a successor then waits for it, up to 30 s, and does not give up. */
  stopping(): Promise<void>;
  /** Lets the next one in; call it when everything has stopped, the database included. */
  release(): Promise<void>;
}

/** How long to wait, in ms, and whom to tell that we do. */
export interface LockOptions {
  /** For a holder that is going down. */
  patience?: number;
  /** For a holder that seems to be at work: its end may be a moment away, when npm was killed and we are the restart. */
  grace?: number;
  onWait?: (pid: number | null) => void;
}

/**
 * Takes the lock of a data folder, made when it is missing. The system itself gives it back when a process dies,
 * kill -9 included: it is the file lock that SQLite takes for BEGIN EXCLUSIVE on Linux, macOS and Windows, also
 * between containers that share the folder. UsageError, with the holder's pid, when another process keeps it.
 */
export async function takeInstanceLock(dir: string, options: LockOptions = {}): Promise<InstanceLock> {
  const { patience = 30_000, grace = 3_000, onWait } = options;
  const note = join(dir, 'instance.json');
  const file = await openLockFile(dir);
  const since = performance.now();
  for (let told = false; !tryLock(file); await pause(50)) {
    const holder = await readNote(note);
    if (performance.now() - since > (holder.stopping ? patience : grace)) {
      file.close();
      throw heldByOther(dir, holder);
    }
    if (!told) onWait?.(holder.pid);
    told = true;
  }
  held.add(file);
  await writeNote(note, { pid: process.pid, stopping: false });
  let released: Promise<void> | null = null;
  const release = async () => {
    await rm(note, { force: true });
    held.delete(file);
    file.close();
  };
  return {
    stopping: () => (released === null ? writeNote(note, { pid: process.pid, stopping: true }) : released),
    release: () => (released ??= release()),
  };
}

/** A lock whose object the garbage collector takes would be given back. */
const held = new Set<DatabaseSync>();

interface Note {
  pid: number | null;
  stopping: boolean;
}

async function openLockFile(dir: string): Promise<DatabaseSync> {
  const path = join(dir, 'instance.lock');
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    return new DatabaseSync(path, { timeout: 0 });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      `Cannot write to the data folder ${dir} (${why}). Start as its owner, free some space, or choose another folder with DATA_DIR.`,
    );
  }
}

const SQLITE_BUSY = 5;

function tryLock(file: DatabaseSync): boolean {
  try {
    file.exec('begin exclusive');
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return false;
    throw error;
  }
}

/** The note is beside the lock, not in it: closing any descriptor of the locked file would drop a POSIX lock. */
async function readNote(path: string): Promise<Note> {
  try {
    const { pid, stopping } = JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
    return { pid: typeof pid === 'number' ? pid : null, stopping: stopping === true };
  } catch {
    return { pid: null, stopping: false };
  }
}

async function writeNote(path: string, note: Note): Promise<void> {
  await writeFile(path, `${JSON.stringify(note)}\n`, { mode: 0o600 });
}

function heldByOther(dir: string, { pid, stopping }: Note): UsageError {
  const who = pid === null ? 'Another process' : `Another SmartSupport (pid ${pid})`;
  return new UsageError(
    stopping
      ? `${who} is still shutting down on the data folder ${dir}. Wait for it, or end it with: kill -9 ${pid}`
      : `${who} is running on the data folder ${dir}. Stop it first, or choose another folder with DATA_DIR.`,
  );
}
