import type { Readable } from 'node:stream';
import type { Finding } from './finding.ts';

/** What a source listed: keys it has not forgotten, and the cursor to commit together with them. */
export interface Listing {
  keys: readonly string[];
  cursor: Record<string, unknown>;
  /** Given when all keys of before are void and everything is listed anew: why, in words. */
  renumbered?: string;
}

/** What became of one message that was asked for. */
export type Fetched = { key: string } & (
  | {
      /** Whole and checked, or a stream that fails when it is not. */
      raw: Readable | Buffer;
      /** When the server took it; null when it does not say; a function where it is known once `raw` was read. */
      receivedAt: Date | null | (() => Date | null);
    }
  /** It does not exist any more; the proof in words. */
  | { gone: string }
  /** It has so many bytes, more than were allowed; its header when that can be had. */
  | { tooLarge: number; header: Buffer | null; receivedAt: Date | null }
  /** This message cannot be fetched now. It counts against the message. */
  | { failure: unknown }
  /** It cannot be asked for now, through no fault of its own; why, in words. */
  | { later: string }
);

/** When the server took a message, once its bytes were read. */
export function whenReceived({ receivedAt }: Extract<Fetched, { raw: unknown }>): Date | null {
  return typeof receivedAt === 'function' ? receivedAt() : receivedAt;
}

/**
 * A mailbox that is asked for mail. A key is the source's own name of a message and never changes its meaning. Throws `SourceUnavailable`
 * when the source as a whole cannot be asked. What is optional has a plain substitute for sources that lack it.
 */
export interface Source {
  /** Keys since the cursor; repeating known ones is harmless. Throws when the source cannot be reached. */
  list(cursor: Record<string, unknown>): Promise<Listing>;
  /** The raw bytes; null only with proof that the message is gone. Anything else throws and is tried again. */
  fetch(key: string): Promise<Readable | null>;
  /** Many messages with few requests, in any order; one that is left out has failed. A message of more than `limit` bytes is too large. */
  fetchMany?(keys: readonly string[], limit: number): AsyncIterable<Fetched>;
  /** Best effort, after the commit: correctness never depends on it. */
  acknowledge(keys: readonly string[]): Promise<void>;
  /** All keys of about the last so many days, to be compared with the ledger. */
  listSince?(days: number): Promise<readonly string[]>;
  /** In its place where the source can tell what changed: keys of that since the mark, or of the last days, and the mark for the next time. */
  listChanges?(days: number, mark: string | null): Promise<{ keys: readonly string[]; mark: string | null }>;
  /** Has `tell` called whenever there may be news. Only a wake-up. */
  onNews?(tell: () => void): void;
  /** Has the source push news from now on, in place of what was asked for before. Gives the moment at which it stops by itself. */
  pushNews?(): Promise<Date>;
  /** Milliseconds between two polls when nothing wakes us earlier. */
  readonly pollEvery?: number;
  /** Looks at everything that may be wrong with it, changing nothing. */
  examine?(): Promise<Finding[]>;
  /** Ends connections, and with them what is under way. It may be used again. */
  close?(): Promise<void>;
}
