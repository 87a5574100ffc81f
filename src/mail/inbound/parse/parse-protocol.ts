import type { ParseResult } from '../inbound-mail.ts';

/** What a child is given at its start, as JSON in its only argument. */
export interface ChildSettings {
  dnsServers: readonly string[];
}

/** Parent to child: parse the blob of this hash in that folder. */
export interface ParseRequest {
  id: number;
  blobDir: string;
  sha256: string;
  authenticate: boolean;
}

/**
 * Child to parent. `ready` once; per message `start` (its bytes are being worked on), `read` (only storing and asking
 * the DNS are left) and then `result`, or `error` when the bytes could not be read or the attachments not stored.
 */
export type ChildMessage =
  | { type: 'ready' }
  | { type: 'start' | 'read'; id: number }
  | { type: 'result'; id: number; result: ParseResult; rss: number }
  | { type: 'error'; id: number; message: string };
