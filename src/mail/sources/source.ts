import type { Readable } from 'node:stream';

/** What a source listed: keys it has not forgotten, and the cursor to commit together with them. */
export interface Listing {
  keys: readonly string[];
  cursor: Record<string, unknown>;
}

/** A mailbox that is asked for mail. A key is the source's own name of a message and never changes its meaning. */
export interface Source {
  /** Keys since the cursor; repeating known ones is harmless. Throws when the source cannot be reached. */
  list(cursor: Record<string, unknown>): Promise<Listing>;
  /** The raw bytes; null only with proof that the message is gone. Anything else throws and is tried again. */
  fetch(key: string): Promise<Readable | null>;
  /** Best effort, after the commit: correctness never depends on it. */
  acknowledge(keys: readonly string[]): Promise<void>;
}
