import { FORWARD_PREFIXES, REPLY_IN, REPLY_PREFIXES } from './phrases.ts';
import type { Line } from './lines.ts';
import { fold } from './word-tables.ts';

const FORWARD = new Set(FORWARD_PREFIXES.map(fold));
const REPLY = new Set(REPLY_PREFIXES.map(fold));
const LINES_READ = 200;

/**
 * What the first prefix of a subject says: `Fwd:`, `Re:` in many languages, or nothing. A leading [tag] is skipped. The
 * body decides about a prefix that means either, by the language it prints its headers in.
 */
export function subjectKind(subject: string, lines: readonly Line[] = []): 'forward' | 'reply' | null {
  const bare = fold(subject).replace(/^\s*(?:\[[^\]]{0,40}\]\s*){0,3}/, '');
  const prefix = /^([\p{L}\p{M}.-]{1,14}|\p{L}{1,10} \p{L}{1,10})(?:\[\d+\]|\(\d+\))? ?[:：]/u.exec(bare)?.[1];
  if (prefix === undefined) return null;
  const labels = REPLY_IN[prefix];
  if (
    labels &&
    lines.slice(0, LINES_READ).some((line) => labels.some((label) => fold(line.text.slice(0, 20)).startsWith(label)))
  )
    return 'reply';
  if (FORWARD.has(prefix)) return 'forward';
  return REPLY.has(prefix) ? 'reply' : null;
}
