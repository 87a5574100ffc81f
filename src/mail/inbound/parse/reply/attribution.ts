import { isBlankLine, type Line } from './lines.ts';
import { fold, LEAD_WORDS, WROTE_WORDS } from './word-tables.ts';

/** `On Tuesday Anna wrote:` found at a line: `end` is behind its last line. */
export interface Attribution {
  end: number;
  /** The whole of it on one line, for the forwarded author. */
  text: string;
  /** What shares its first line but belongs to the reply. */
  before: string;
}

const MAX_LINES = 5;
const MAX_LENGTH = 500;
const LEAD_WINDOW = 45;
const GMAIL_DATE = /^\d{4}-\d\d-\d\d \d\d?:\d\d GMT/;
const WROTE_ENDS = new RegExp(
  `(?:${WROTE_WORDS.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})$`,
  'iu',
);

/**
 * The line (or up to five wrapped lines) above a quotation that says who wrote it when, in any language and order:
 * verb, date and address decide together, so `On the counter…` is not one. Looks at a bounded number of lines.
 */
export function attributionAt(lines: readonly Line[], at: number): Attribution | null {
  const first = lines[at]?.text ?? '';
  if (first.length > MAX_LENGTH * 4 || !mayBegin(first) || !mayEnd(lines, at)) return null;
  let joined = '';
  for (let i = at, used = 0; i < lines.length && used < MAX_LINES; i++) {
    const line = lines[i];
    if (!line || line.depth < (lines[at]?.depth ?? 0)) break;
    if (isBlankLine(line)) {
      // Some clients break the address out into a paragraph of its own.
      if (i > at && /^\s*[<(]/.test(lines[i + 1]?.text ?? '')) continue;
      break;
    }
    joined = joined === '' ? line.text.trim() : `${joined} ${line.text.trim()}`;
    used++;
    if (joined.length > MAX_LENGTH) break;
    const shared = used === 1 ? sharedLine(joined) : null;
    if (shared !== null) return { end: i + 1, text: joined.slice(shared), before: joined.slice(0, shared).trimEnd() };
    if (isAttribution(joined, lines[nextFilled(lines, i + 1)]))
      return { end: behindVerb(lines, i + 1), text: joined, before: '' };
    if (endsSentence(line.text)) break;
  }
  return null;
}

/** Behind a line with nothing but the verb, when the address before it looked like the end. */
function behindVerb(lines: readonly Line[], at: number): number {
  const next = fold(lines[at]?.text ?? '').replace(/^[\s>]+|[\s:：]+$/g, '');
  return WROTE_WORDS.includes(next) ? at + 1 : at;
}

/** Cheap: something that could be part of a date, or an address. */
function mayBegin(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code >= 0x30 && code <= 0x39) || code === 0x40) return true;
  }
  return false;
}

/** Cheap, and true of few lines: the end of an attribution is a colon, a verb, a bracket or dashes. */
function mayEnd(lines: readonly Line[], at: number): boolean {
  for (let i = at; i < lines.length && i < at + MAX_LINES + 2; i++) {
    const text = lines[i]?.text ?? '';
    if (
      /[^.!?,;]$/.test(text) &&
      (/[:：>\-–—*)]$/.test(text) || WROTE_ENDS.test(text.slice(-30)) || GMAIL_DATE.test(text))
    )
      return true;
  }
  return false;
}

function endsSentence(text: string): boolean {
  return /[!?]$/.test(text.trim());
}

function nextFilled(lines: readonly Line[], at: number): number {
  let i = at;
  while (i < lines.length && i < at + 4 && isBlankLine(lines[i])) i++;
  return i;
}

function isAttribution(text: string, next: Line | undefined): boolean {
  const bare = fold(text)
    .replace(/^[\s\-–—*_>.]+/, '')
    .replace(/[\s\-–—*_]+$/, '');
  const date = hasDate(bare);
  const address = bare.includes('@');
  if (!date && !address) return false;
  const colon = bare.endsWith(':') || bare.endsWith('：');
  const verb = findVerb(bare);
  if (verb !== null) return withVerb(bare, verb, { colon, date, address });
  if (!date || !startsWithDate(bare)) return false;
  if (/^\d{4}-\d\d-\d\d \d\d?:\d\d gmt[+-]\d\d:\d\d \S/.test(bare)) return bare.length < 120;
  if (address && colon) return true;
  return address && bare.endsWith('>') && (next?.depth ?? 0) > 0;
}

function withVerb(bare: string, verb: Verb, has: { colon: boolean; date: boolean; address: boolean }): boolean {
  const atEnd = bare.length - verb.end <= 2;
  const early = digitWithin(bare, LEAD_WINDOW);
  const leads = startsWithLead(bare) || startsWithDate(bare);
  if (atEnd) return (has.colon || leads) && ((has.date && (leads || has.address)) || (has.address && has.colon));
  const named = bare.slice(0, verb.start).trimEnd().endsWith('>');
  return has.colon && has.date && (leads || (has.address && (early || named)));
}

interface Verb {
  start: number;
  end: number;
}

/** The last verb of the table that stands as a word of its own. */
function findVerb(bare: string): Verb | null {
  for (const word of WROTE_WORDS) {
    const start = bare.lastIndexOf(word);
    if (start < 0) continue;
    const end = start + word.length;
    if (isWordEdge(bare[start - 1], bare[start]) && isWordEdge(bare[end], bare[end - 1])) return { start, end };
  }
  return null;
}

/** Scripts without spaces have no word edges; elsewhere a letter beside the word makes it another word. */
function isWordEdge(outside: string | undefined, inside: string | undefined): boolean {
  if (outside === undefined || /[^\p{L}\p{N}]/u.test(outside)) return true;
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(inside ?? '');
}

/** A year, a date with separators, or a time. */
export function hasDate(text: string): boolean {
  return (
    /(?:^|\D)(?:19|20)\d\d(?:\D|$)/.test(text) ||
    /\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}/.test(text) ||
    /(?:^|\D)\d{1,2}[:.]\d\d(?:\D|$)/.test(text)
  );
}

/** The first word or two are a weekday or a day, and a date follows soon. */
function startsWithDate(bare: string): boolean {
  return /^\p{L}{0,12}[.,]{0,2} ?\p{L}{0,4}[.,]? ?\d/u.test(bare) && hasDate(bare.slice(0, 60));
}

function startsWithLead(bare: string): boolean {
  return LEAD_WORDS.some(
    (word) => bare.startsWith(word) && isWordEdge(bare[word.length], word.at(-1)) && digitWithin(bare, LEAD_WINDOW),
  );
}

function digitWithin(text: string, length: number): boolean {
  return /\d/.test(text.slice(0, length));
}

/** Index at which an attribution begins in the middle of the line, or null. */
function sharedLine(text: string): number | null {
  const lower = fold(text);
  if (startsWithLead(lower) || startsWithDate(lower)) return null;
  // Folding may change the length of exotic text: then positions mean nothing.
  if (lower.length !== text.length || !/:\s*[-–—*]*\s*$/.test(lower)) return null;
  for (const word of LEAD_WORDS) {
    const at = lower.lastIndexOf(` ${word} `);
    if (
      at <= 0 ||
      !/^\S+ \S*\d|^\S+ \p{L}{2,10}[.,]* \S*\d|^\S+ \p{L}{2,10}[.,]* \p{L}{3,10}[.,]* \d/u.test(
        lower.slice(at + 1, at + 40),
      )
    )
      continue;
    const rest = lower.slice(at + 1);
    const verb = findVerb(rest);
    if (verb && hasDate(rest) && rest.length - verb.end <= 4) return at + 1;
  }
  return null;
}
