import type { Kept } from './finish-fetch.ts';

/** Messages of one transaction, and the milliseconds that the first of them may wait for others. */
const TOGETHER = 50;
const PATIENCE = 500;

/** Gathers messages whose bytes are kept, so that few transactions note them. */
export interface KeptNotes {
  /** Resolves at once, or when many were noted. */
  add(row: Kept): Promise<void>;
  /** Notes what is left. Rejects when any could not be noted. */
  end(): Promise<void>;
}

/**
 * None waits long for others: a slow source gives a message a second, and what is not noted yet is fetched again after a crash. A desk that dies
 * every few seconds must get on all the same.
 */
export function noteKept(write: (rows: Kept[]) => Promise<void>): KeptNotes {
  let kept: Kept[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  function note(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const rows = kept;
    kept = [];
    if (rows.length > 0) writing = writing.then(() => write(rows));
    writing.catch(() => undefined); // whoever waits for the end hears of it
    return writing;
  }

  return {
    async add(row) {
      kept.push(row);
      timer ??= setTimeout(() => void note(), PATIENCE);
      if (kept.length >= TOGETHER) await note();
    },
    end: note,
  };
}
