import type { Transaction } from '../db/transaction.ts';
import type { Trust, Visibility } from './comment.ts';
import type { Channel } from './ticket.ts';

/** What a person wrote, from any channel. `html` is safe html (sanitised), null for plain text. */
export interface Words {
  body: string;
  html?: string | null;
  quoted?: string;
  signature?: string;
  trust?: Trust | null;
  inboundMessageId?: number | null;
  /** When it was written, if not now: imported, or come late. */
  at?: Date;
}

/** A file whose bytes are in the blob store already. `filename` is clean (files/clean-filename). */
export interface NewFile {
  sha256: string;
  /** bytes */
  size: number;
  filename: string;
  contentType: string;
  inline: boolean;
  contentId: string | null;
}

export interface NewComment extends Words {
  authorId: number;
  visibility: Visibility;
  channel: Channel;
  files?: readonly NewFile[];
  /** It goes out then, and stands in the conversation as of then; until then only staff sees it. */
  heldUntil?: Date | null;
}

/**
 * Two parts of a statement that has `t` (a row with the ticket's id): `c` inserts the comment, `f` its files, which are seen by
 * whoever sees the comment. One statement a verb: a mail costs few round trips, and nothing is written by halves.
 */
export const COMMENT_PARTS = `
  c as (insert into comment (ticket_id, author_id, visibility, channel, body, html, quoted, signature, trust, inbound_message_id, held_until, created_at)
    select t.id, ?::bigint, ?, ?, ?, ?, ?, ?, ?, ?::bigint, ?::timestamptz, ?::timestamptz from t returning id, ticket_id),
  f as (insert into attachment (ticket_id, comment_id, uploader_id, visibility, created_at, sha256, size, filename, content_type, inline, content_id)
    select c.ticket_id, c.id, ?::bigint, ?, ?::timestamptz, n.sha256, n.size, n.filename, n."contentType", n.inline, n."contentId"
      from c, jsonb_to_recordset(?::jsonb) as n(sha256 text, size bigint, filename text, "contentType" text, inline boolean, "contentId" text))`;

export function commentParams(tx: Transaction, given: NewComment): unknown[] {
  const { authorId, visibility, channel, files = [], heldUntil = null } = given;
  const at = heldUntil ?? given.at ?? tx.now;
  const written = [given.body, given.html ?? null, given.quoted ?? '', given.signature ?? '', given.trust ?? null];
  return [
    ...[authorId, visibility, channel, ...written, given.inboundMessageId ?? null, heldUntil, at],
    ...[authorId, visibility, at, JSON.stringify(files)],
  ];
}
