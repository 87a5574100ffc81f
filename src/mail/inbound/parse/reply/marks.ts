import { attributionAt } from './attribution.ts';
import { headerBlockAt, inlineHeader, type HeaderBlock } from './header-block.ts';
import { REPLY_ABOVE_MARKS, type HeaderRole } from './languages.ts';
import { isBlankLine, isRule, type Line } from './lines.ts';
import { byFirstCharacter, fold, FORWARD_MARKS, ORIGINAL_MARKS } from './word-tables.ts';

/** Where something that is not new begins, and what says so. */
export interface Mark {
  kind: 'attribution' | 'original' | 'forward' | 'header' | 'reply-above' | 'container';
  /** First line behind the mark itself. */
  end: number;
  /** Printed header of the quoted message, when there is one. */
  fields: ReadonlyMap<HeaderRole, string>;
  /** The attribution as one line. */
  text: string;
  /** Text of the mark's first line that belongs to the reply. */
  before: string;
}

const FORWARDS = byFirstCharacter(FORWARD_MARKS);
const ORIGINALS = byFirstCharacter(ORIGINAL_MARKS);
const REPLY_ABOVE = new Set(REPLY_ABOVE_MARKS);
const NO_FIELDS: ReadonlyMap<HeaderRole, string> = new Map();
const MAX_MARK = 120;
const LOOK_AHEAD = 4;

/** The mark that begins at a line, or null. */
export function markAt(lines: readonly Line[], at: number): Mark | null {
  const line = lines[at];
  if (!line) return null;
  if (isReplyAbove(line.text)) return { kind: 'reply-above', end: at + 1, fields: NO_FIELDS, text: '', before: '' };
  return (
    separatorAt(lines, at) ??
    ruledBlockAt(lines, at) ??
    blockAt(lines, at) ??
    attributionMark(lines, at) ??
    containerAt(lines, at)
  );
}

function isReplyAbove(text: string): boolean {
  if (text.length > MAX_MARK || text.length < 15) return false;
  const bare = fold(text)
    .replaceAll(/[^\p{L}\p{N}' ]+/gu, ' ')
    .trim();
  return REPLY_ABOVE.has(bare) || REPLY_ABOVE.has(bare.replace(/^(?:please|bitte) /, ''));
}

/** `----- Original Message -----`, `Begin forwarded message:` and, on the same line, the header Yahoo prints. */
function separatorAt(lines: readonly Line[], at: number): Mark | null {
  const text = lines[at]?.text ?? '';
  const decoration = /^[\s\-–—_=*>]*/.exec(text)?.[0] ?? '';
  const dashes = decoration.replaceAll(/\s/g, '').length;
  // Without dashes a mark is a short line of its own.
  if (text === '' || (dashes === 0 && text.length > MAX_MARK)) return null;
  const head = fold(text.slice(decoration.length, decoration.length + MAX_MARK));
  const forward = FORWARDS.get(head[0] ?? '')?.find(
    (phrase) => head.startsWith(phrase) && endsMark(head, phrase, dashes),
  );
  const original = () =>
    dashes > 0 &&
    ORIGINALS.get(head[0] ?? '')?.some((phrase) => head.startsWith(phrase) && endsMark(head, phrase, dashes));
  if (forward === undefined && !original()) return null;
  const kind = forward === undefined ? 'original' : 'forward';
  const inline = inlineHeader(text.slice(0, 2000));
  if (inline.size >= 3) return { kind, end: at + 1, fields: inline, text: '', before: '' };
  const block = nextBlock(lines, at + 1, true);
  // Without dashes these are words a person may write: a header has to follow, or a colon to end the line.
  if (dashes === 0 && block === null && !/[:：]\s*$/.test(text)) return null;
  return { kind, end: block?.end ?? at + 1, fields: block?.fields ?? NO_FIELDS, text: '', before: '' };
}

/** Behind the phrase only dashes, a colon, or the other language's phrase between dashes. */
function endsMark(head: string, phrase: string, dashes: number): boolean {
  const rest = head.slice(phrase.length);
  if (/^[\s:：.\-–—_=*]*$/.test(rest)) return true;
  return dashes >= 2 && /^ ?[-–—_=*]{2,}/.test(rest.trimStart());
}

/** A drawn line or an empty html rule, then a header block. */
function ruledBlockAt(lines: readonly Line[], at: number): Mark | null {
  if (!lines[at]?.rule) return null;
  const block = nextBlock(lines, at + 1, true);
  return block ? { kind: 'header', end: block.end, fields: block.fields, text: '', before: '' } : null;
}

function blockAt(lines: readonly Line[], at: number): Mark | null {
  const block = headerBlockAt(lines, at);
  return block ? { kind: 'header', end: block.end, fields: block.fields, text: '', before: '' } : null;
}

function attributionMark(lines: readonly Line[], at: number): Mark | null {
  const found = attributionAt(lines, at);
  return found
    ? { kind: 'attribution', end: found.end, fields: NO_FIELDS, text: found.text, before: found.before }
    : null;
}

function containerAt(lines: readonly Line[], at: number): Mark | null {
  const line = lines[at];
  if (!line?.quoteStarts && !line?.restQuoted) return null;
  return { kind: 'container', end: at, fields: NO_FIELDS, text: '', before: '' };
}

function nextBlock(lines: readonly Line[], from: number, marked: boolean): HeaderBlock | null {
  for (let i = from; i < lines.length && i < from + LOOK_AHEAD; i++) {
    const line = lines[i];
    if (isBlankLine(line) || (line && isRule(line.text))) continue;
    return headerBlockAt(lines, i, marked);
  }
  return null;
}
