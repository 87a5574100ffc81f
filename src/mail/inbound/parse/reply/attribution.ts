import { startsWithDate } from './dates.ts';
import { judgeAttribution, leadsIn, trimDecoration } from './judge-attribution.ts';
import { isBlankLine, type Line } from './lines.ts';
import { anyOf, fold, LEAD_WORDS, WROTE_WORDS } from './word-tables.ts';

/** `On Tuesday Anna wrote:` found at a line: `end` is behind its last line. */
export interface Attribution {
  end: number;
  /** The whole of it on one line, for the forwarded author. */
  text: string;
  /** What shares its first line but belongs to the reply. */
  before: string;
  /** Only the quotation below makes it one: a person may have written the same words to cite somebody. */
  weak: boolean;
}

const MAX_LINES = 5;
const MAX_LENGTH = 500;
const MAX_SHARED = 6;
const ENDS = new Set(':：>-–—*)]');
/** Last words of the verbs, so that a line without a colon is told by one look at a table. */
const LAST_WORDS = new Set(WROTE_WORDS.map((verb) => verb.slice(verb.lastIndexOf(' ') + 1)));
const UNSPACED = WROTE_WORDS.filter((verb) =>
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Hangul}\p{Script=Thai}]/u.test(verb),
);
/** Before a date. A lead of one letter is an initial as well, unless the date follows at once. */
const LEAD = String.raw`(?:(?:${anyOf(LEAD_WORDS.filter(isWord))}) (?=.{0,40}\d)|(?:${anyOf(LEAD_WORDS.filter((lead) => !isWord(lead)))}) (?=(?:\p{L}{1,12}[.,]{0,2} ){0,2}\d))`;
const SHARED_LEAD = new RegExp(String.raw`(?<=\s)${LEAD}`, 'gu');
/** The line break before it was lost. */
const GLUED_LEAD = new RegExp(String.raw`(?<=\p{Ll}{2}[.!?)]?)${LEAD}`, 'gu');
const SENTENCE =
  /(?:(?<=[!?…]["')]?\s)|(?<=\p{Ll}{3}\.\s)|(?<=[:;]-?\)\s)|(?<=\p{Ll}{2}[!?])|(?<=\p{Ll}{2}\.)(?=[\p{Lu}\p{Lo}\p{Nd}])|(?<=[。！？]))[^\s<([]/gu;

/**
 * The line (or up to five wrapped lines) above a quotation that says who wrote it when, in any language and order:
 * verb, date, address and name decide together, so `On the counter…` is not one. Looks at a bounded number of lines.
 */
export function attributionAt(lines: readonly Line[], at: number): Attribution | null {
  const first = lines[at]?.text ?? '';
  const begin = first.trim();
  if (first.length > MAX_LENGTH * 4 || !(mayBegin(begin) || isOneLine(begin)) || !mayEnd(lines, at)) return null;
  const starts = [...sharedStarts(first), 0];
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
    const text = line.text.trimEnd();
    if (!endsLikeOne(text)) {
      if (/[!?]$/.test(text)) break;
      continue;
    }
    const below = lines[nextFilled(lines, i + 1)];
    const quoted = (below?.depth ?? 0) > line.depth || below?.quoteStarts === true;
    for (const start of starts) {
      const words = joined.slice(start);
      // In the middle of a line the quotation below proves nothing: the line may be one attribution as a whole.
      const found = judgeAttribution(words, quoted && start === 0);
      const before = joined.slice(0, start).trimEnd();
      if (found) return { end: behindVerb(lines, i + 1), text: words, before, weak: found === 'weak' };
    }
    // A colon is the end of any; an address may be broken behind the one of `mailto:`.
    if (/[:：]$/.test(text) && !text.endsWith('mailto:')) break;
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
  return /[\p{Nd}@]/u.test(text);
}

/** Cheap: `---- Anna wrote ----` and `Anna wrote:` have neither date nor address and are never wrapped. */
function isOneLine(text: string): boolean {
  return text.length <= 100 && /[:：-]\s*$/.test(text) && /\p{L}/u.test(text);
}

/** Cheap, and true of few lines: one of the next ends like an attribution. */
function mayEnd(lines: readonly Line[], at: number): boolean {
  for (let i = at; i < lines.length && i < at + MAX_LINES + 2; i++) if (endsLikeOne(lines[i]?.text ?? '')) return true;
  return false;
}

/** The end of an attribution is a colon, a bracket, dashes or a verb; Gmail's oldest form has none of them. */
function endsLikeOne(text: string): boolean {
  let end = text.length;
  while (
    end > 0 &&
    mayBeUnseen(text.charCodeAt(end - 1)) &&
    /[\s\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(text[end - 1] ?? '')
  )
    end--;
  const last = text[end - 1];
  if (last === undefined) return false;
  if (ENDS.has(last) || (last === '.' && text[end - 2] === '.')) return true;
  if (last > '\u02ff' && UNSPACED.some((verb) => text.endsWith(verb, end))) return true;
  const word = text.slice(Math.max(text.lastIndexOf(' ', end - 1) + 1, end - 30), end);
  return LAST_WORDS.has(fold(word)) || /^\d{4}-\d\d-\d\d .{0,9}GMT/.test(text);
}

/** Cheap: a blank, a control or something beyond the letters of Europe. */
function mayBeUnseen(code: number): boolean {
  return code <= 0x20 || code === 0xa0 || code > 0x1000;
}

function nextFilled(lines: readonly Line[], at: number): number {
  let i = at;
  while (i < lines.length && i < at + 4 && isBlankLine(lines[i])) i++;
  return i;
}

/** Indices at which an attribution may begin in the middle of a line: behind a sentence, or a word such as `On`. */
function sharedStarts(text: string): number[] {
  const lower = fold(text);
  // Folding may change the length of exotic text: then positions mean nothing.
  if (lower.length !== text.length) return [];
  const sentences = indicesOf(SENTENCE, text);
  if (leadsIn(trimDecoration(lower)))
    return sentences.filter((at) => /\p{Lu}/u.test(text[at] ?? '') && leadsIn(lower.slice(at))).slice(-MAX_SHARED);
  // A client begins with a capital, wherever in the line it begins, or with a short weekday.
  const isSmall = (at: number) => /\p{Ll}/u.test(text[at] ?? '');
  const leads = [GLUED_LEAD, SHARED_LEAD].flatMap((lead) => indicesOf(lead, lower)).filter((at) => !isSmall(at));
  return [...leads, ...sentences.filter((at) => !isSmall(at) || startsWithDate(lower.slice(at)))].slice(-MAX_SHARED);
}

/** More than one letter. */
function isWord(lead: string): boolean {
  return /\p{L}{2}|[\p{Script=Han}]/u.test(lead);
}

/** Where a pattern with `g` matches. Not matchAll, which compiles the pattern anew for each line. */
function indicesOf(pattern: RegExp, text: string): number[] {
  const found: number[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) found.push(match.index);
  return found;
}
