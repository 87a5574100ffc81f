import { FORWARD_PREFIXES, REPLY_PREFIXES } from './languages.ts';
import { fold } from './word-tables.ts';

const FORWARD = new Set(FORWARD_PREFIXES);
const REPLY = new Set(REPLY_PREFIXES);

/** What the first prefix of a subject says: `Fwd:`, `Re:` in many languages, or nothing. A leading [tag] is skipped. */
export function subjectKind(subject: string): 'forward' | 'reply' | null {
  const bare = fold(subject).replace(/^\s*(?:\[[^\]]{0,40}\]\s*){0,3}/, '');
  const prefix = /^([\p{L}\p{M}.-]{1,14}|[\p{L}]{1,8} [\p{L}]{1,8})(?:\[\d+\]|\(\d+\))? ?[:：]/u.exec(bare)?.[1];
  if (prefix === undefined) return null;
  if (FORWARD.has(prefix)) return 'forward';
  return REPLY.has(prefix) ? 'reply' : null;
}
