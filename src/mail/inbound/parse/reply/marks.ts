import { attributionAt } from './attribution.ts';
import { hasDate } from './dates.ts';
import { headerBlockAt, inlineHeader, type HeaderBlock } from './header-block.ts';
import type { HeaderRole } from './languages.ts';
import { FORWARD_ENDS, FORWARD_STEMS } from './phrases.ts';
import { isBlankLine, type Line } from './lines.ts';
import { isReplyAbove } from './reply-above.ts';
import { anyOf, byFirstCharacter, fold, FORWARD_MARKS, ORIGINAL_MARKS } from './word-tables.ts';

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
  /** Everything behind it is quoted, whatever it looks like. */
  rest: boolean;
  /** A person may have written it to introduce a citation. */
  weak: boolean;
}

const FORWARDS = byFirstCharacter(FORWARD_MARKS);
const ORIGINALS = byFirstCharacter(ORIGINAL_MARKS);
const SHORTEST_MARK = Math.min(...[...FORWARD_MARKS, ...ORIGINAL_MARKS].map(({ length }) => length));
const NO_FIELDS: ReadonlyMap<HeaderRole, string> = new Map();
const FORWARD_ANY = new RegExp(anyOf(FORWARD_STEMS.map(fold)));
const FORWARD_END = new RegExp(`^(?:${anyOf(FORWARD_ENDS.map(fold))})(?![\\p{L}])`, 'u');
const MAX_MARK = 120;
const LOOK_AHEAD = 4;
const DASHES = String.raw`[\-\u2010-\u2015_=*~─━]`;
const OPENING = new RegExp(String.raw`^[\s>]*(?:${DASHES}[\s>]*)*`, 'u');
const DASH = new RegExp(DASHES, 'u');

/** The mark that begins at a line, or null. */
export function markAt(lines: readonly Line[], at: number): Mark | null {
  const line = lines[at];
  if (!line) return null;
  if (isReplyAbove(line.text)) return mark('reply-above', at + 1, { rest: true });
  return (
    separatorAt(lines, at) ??
    framedBlockAt(lines, at) ??
    ruledBlockAt(lines, at) ??
    blockAt(lines, at) ??
    groupWiseAt(line, at) ??
    attributionMark(lines, at) ??
    containerAt(line, at)
  );
}

function mark(kind: Mark['kind'], end: number, more: Partial<Mark> = {}): Mark {
  return { kind, end, fields: NO_FIELDS, text: '', before: '', rest: false, weak: false, ...more };
}

/** `----- Original Message -----`, `Begin forwarded message:` and, on the same line, the header Yahoo prints. */
function separatorAt(lines: readonly Line[], at: number): Mark | null {
  const text = lines[at]?.text ?? '';
  if (text.length < SHORTEST_MARK) return null;
  const opening = OPENING.exec(text.slice(0, MAX_MARK))?.[0] ?? '';
  const dashes = opening.replaceAll(/[\s>]/g, '').length;
  // Without dashes a mark is a short line of its own.
  if (text === '' || (dashes === 0 && text.length > MAX_MARK)) return null;
  const head = fold(text.slice(opening.length, opening.length + MAX_MARK));
  const starts = (phrases: ReadonlyMap<string, readonly string[]>, isEnd: typeof endsMark) =>
    phrases.get(head[0] ?? '')?.some((phrase) => head.startsWith(phrase) && isEnd(head, phrase, dashes)) ?? false;
  const forwarded = starts(FORWARDS, endsForward);
  if (!forwarded && !starts(ORIGINALS, endsMark)) return null;
  const kind = forwarded ? 'forward' : 'original';
  const inline = inlineHeader(text.slice(0, 2000));
  if (inline.size >= 3) return mark(kind, at + 1, { fields: inline });
  const block = nextBlock(lines, at + 1);
  // Without dashes these are words a person may write: a header has to follow, or a colon to end the line.
  if (dashes === 0 && block === null && !(forwarded && /[:：]\s*$/.test(text))) return null;
  if (block !== null) return mark(kind, behindRepeated(lines, at, block.end), { fields: block.fields });
  const below = nextAttribution(lines, at + 1);
  return below === null ? mark(kind, at + 1) : mark(kind, below.end, { text: below.text });
}

/** Zoho prints its mark below the header once more. */
function behindRepeated(lines: readonly Line[], at: number, end: number): number {
  const next = nextWords(lines, end);
  return next !== null && lines[next]?.text === lines[at]?.text ? next + 1 : end;
}

/** `----- End forwarded message -----`: dashes, a word for the end, and a forward mark, in any language. */
export function isForwardEnd(text: string): boolean {
  if (text.length > MAX_MARK || !isFramed(text)) return false;
  const words = fold(text).replace(OPENING, '');
  return FORWARD_END.test(words) && FORWARD_ANY.test(words);
}

/** Behind the phrase only dashes, a colon, or the other language's phrase between dashes. */
function endsMark(head: string, phrase: string, dashes: number): boolean {
  const rest = head.slice(phrase.length);
  if (/^[\s:：.\-\u2010-\u2015_=*]*$/.test(rest)) return true;
  return dashes > 0 && /^ ?[-\u2010-\u2015_=*]{2,}/.test(rest.trimStart());
}

/** `Forwarded message from Anna <anna@a>` between dashes too. */
function endsForward(head: string, phrase: string, dashes: number): boolean {
  return (
    endsMark(head, phrase, dashes) || (dashes >= 2 && /^ .*[-\u2010-\u2015_=*]{2,}\s*$/.test(head.slice(phrase.length)))
  );
}

/** Any words between dashes, in any language, with a printed header directly below. */
function framedBlockAt(lines: readonly Line[], at: number): Mark | null {
  const text = lines[at]?.text ?? '';
  if (text.length > MAX_MARK || text.length < 5 || !isFramed(text)) return null;
  const block = nextBlock(lines, at + 1);
  return block && block.fields.size >= 3 ? mark('original', block.end, { fields: block.fields }) : null;
}

/** Two dashes or more at each end, and words between them. */
function isFramed(text: string): boolean {
  const bare = text.trim();
  return (
    [bare[0], bare[1], bare.at(-1), bare.at(-2)].every((char) => DASH.test(char ?? '')) && /[\p{L}\p{N}]/u.test(bare)
  );
}

/** A drawn line or an empty html rule, then a header block. */
function ruledBlockAt(lines: readonly Line[], at: number): Mark | null {
  if (!lines[at]?.rule) return null;
  const block = nextBlock(lines, at + 1);
  return block ? mark('header', block.end, { fields: block.fields }) : null;
}

function blockAt(lines: readonly Line[], at: number): Mark | null {
  const block = headerBlockAt(lines, at);
  return block ? mark('header', block.end, { fields: block.fields }) : null;
}

/** GroupWise: `>>> Anna Berg 05.01.2026 09:41 >>>`, and the rest without marks. */
function groupWiseAt(line: Line, at: number): Mark | null {
  if (line.depth < 3 || !/>>>\s*$/.test(line.text) || line.text.length > MAX_MARK || !hasDate(line.text)) return null;
  return mark('original', at + 1, { rest: true, text: line.text });
}

function attributionMark(lines: readonly Line[], at: number): Mark | null {
  const found = attributionAt(lines, at);
  if (found === null) return null;
  return mark('attribution', found.end, { text: found.text, before: found.before, weak: found.weak });
}

function containerAt(line: Line, at: number): Mark | null {
  if (!line.quoteStarts && !line.restQuoted) return null;
  return mark('container', at);
}

/** The header block on the first line that is not blank or drawn, among the next few. */
function nextBlock(lines: readonly Line[], from: number): HeaderBlock | null {
  const at = nextWords(lines, from);
  return at === null ? null : headerBlockAt(lines, at, true);
}

function nextAttribution(lines: readonly Line[], from: number): { end: number; text: string } | null {
  const at = nextWords(lines, from);
  return at === null ? null : attributionAt(lines, at);
}

function nextWords(lines: readonly Line[], from: number): number | null {
  for (let i = from; i < lines.length && i < from + LOOK_AHEAD; i++) {
    const line = lines[i];
    if (!isBlankLine(line) && !line?.rule) return i;
  }
  return null;
}
