import { gradeDate, startsWithDate } from './dates.ts';
import { isBlankLine, type Line } from './lines.ts';
import { anyOf, fold, LEAD_WORDS, SELF, WROTE_WORDS, YOU } from './word-tables.ts';

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
const LEAD_WINDOW = 45;
const MAX_WORDS = 30;
const WORD_EDGES = /[\s,:：()"'«»<>]+/u;
const GMAIL_DATE = /^\d{4}-\d\d-\d\d \d\d?:\d\d gmt[+-]\d\d:\d\d \S/;
const TAIL = String.raw`[\s\u200e\u200f\u202a-\u202e\u2066-\u2069]*$`;
const LOOKS_LIKE_END = new RegExp(
  String.raw`(?:[:：>\-–—*)\]]|\.\.\.|(?:${anyOf(WROTE_WORDS)})|\d{4}-\d\d-\d\d \d\d?:\d\d GMT.{0,60})${TAIL}`,
  'iu',
);
const CASELESS = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}`;
const WROTE = new RegExp(
  String.raw`(?:(?<![\p{L}\p{N}])|(?=[${CASELESS}]))(?:${anyOf(WROTE_WORDS)})(?:(?![\p{L}\p{N}])|(?<=[${CASELESS}]))`,
  'gu',
);
const LEADS = new RegExp(String.raw`^(?:${anyOf(LEAD_WORDS)})(?:(?![\p{L}\p{N}])|(?<=[${CASELESS}]))`, 'u');
const SHARED_LEAD = new RegExp(String.raw`(?<=\s)(?:${anyOf(LEAD_WORDS)}) (?=.{0,40}\d)`, 'gu');
const SENTENCE = /(?:(?<=[!?…]["')]?\s)|(?<=\p{Ll}{3}[.)]\s)|(?<=[。！？]))\S/gu;

/**
 * The line (or up to five wrapped lines) above a quotation that says who wrote it when, in any language and order:
 * verb, date, address and name decide together, so `On the counter…` is not one. Looks at a bounded number of lines.
 */
export function attributionAt(lines: readonly Line[], at: number): Attribution | null {
  const first = lines[at]?.text ?? '';
  if (first.length > MAX_LENGTH * 4 || !mayEnd(lines, at)) return null;
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
    if (i === at && !mayBegin(joined) && !isOneLine(joined)) break;
    const below = lines[nextFilled(lines, i + 1)];
    const quoted = (below?.depth ?? 0) > line.depth || below?.quoteStarts === true;
    for (const start of starts) {
      const text = joined.slice(start);
      // In the middle of a line the quotation below proves nothing: the line may be one attribution as a whole.
      const found = judge(text, quoted && start === 0);
      if (found === null) continue;
      return {
        end: behindVerb(lines, i + 1),
        text,
        before: joined.slice(0, start).trimEnd(),
        weak: found === 'weak',
      };
    }
    if (/[!?]$/.test(line.text.trim())) break;
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
  return text.length <= 100 && /[:：-]\s*$/.test(text);
}

/** Cheap, and true of few lines: the end of an attribution is a colon, a verb, a bracket or dashes. */
function mayEnd(lines: readonly Line[], at: number): boolean {
  for (let i = at; i < lines.length && i < at + MAX_LINES + 2; i++)
    if (LOOKS_LIKE_END.test((lines[i]?.text ?? '').slice(-90))) return true;
  return false;
}

function nextFilled(lines: readonly Line[], at: number): number {
  let i = at;
  while (i < lines.length && i < at + 4 && isBlankLine(lines[i])) i++;
  return i;
}

interface Verb {
  start: number;
  end: number;
}

/** What the words of a candidate are. */
interface Traits {
  bare: string;
  colon: boolean;
  /** Dashes on both sides. */
  framed: boolean;
  /** 0 none, 1 a date or a time, 2 both. */
  date: 0 | 1 | 2;
  address: boolean;
  /** Begins with a word such as `On` and a digit soon, or with a weekday or a date. */
  leads: boolean;
  verb: Verb | null;
  /** Something quoted stands directly below. */
  quoted: boolean;
}

function judge(raw: string, quoted: boolean): 'sure' | 'weak' | null {
  const traits = read(raw, quoted);
  const { bare, verb, date, address, colon, leads } = traits;
  const words = bare.split(' ');
  if (bare === '' || words.length > MAX_WORDS) return null;
  if (words.some((word) => SELF.has(word)) && !(quoted && date > 0)) return null;
  if (verb !== null) return withVerb(raw, traits, verb);
  if (GMAIL_DATE.test(bare)) return bare.length < 120 ? 'sure' : null;
  if (date === 0 || !address) return null;
  if (colon && leads && (quoted || /@\S+$/.test(bare))) return 'sure';
  if (colon && date === 2 && (quoted || isName(traits, raw, 0, bare.length, 0))) return 'sure';
  return leads && bare.endsWith('>') && quoted ? 'sure' : null;
}

function withVerb(raw: string, traits: Traits, verb: Verb): 'sure' | 'weak' | null {
  const { bare, date, address, colon, framed, leads, quoted } = traits;
  const atEnd = bare.length - verb.end <= 2;
  if (framed) return (date > 0 && address) || (atEnd && isName(traits, raw, 0, verb.start)) ? 'sure' : null;
  if (address && bare.includes(' news:')) return 'sure';
  if (address && (colon || (leads && (atEnd || bare.endsWith('>'))))) return withAddress(traits, verb, atEnd);
  if (!colon && !(atEnd && leads)) return null;
  if (date === 0) return quoted && atEnd && isName(traits, raw, 0, verb.start) ? 'weak' : null;
  if (atEnd) return leads || date === 2 ? named(traits, raw, aroundDate(traits, verb.start)) : null;
  const behind = bare.slice(verb.end);
  if (gradeDate(behind) === 2 || (quoted && gradeDate(behind) > 0))
    return /\D{13}$/.test(behind) ? null : named(traits, raw, [0, verb.start]);
  return leads ? named(traits, raw, [verb.end, bare.length]) : null;
}

function withAddress({ bare, date, quoted }: Traits, verb: Verb, atEnd: boolean): 'sure' | null {
  if (date === 0) return atEnd || verb.start === 0 ? 'sure' : null;
  return quoted || atEnd || /[<([]\S*@/.test(bare) ? 'sure' : null;
}

/** Without an address a name has to stand where clients put it; quoted lines below say as much. */
function named(traits: Traits, raw: string, [from, to]: readonly [number, number]): 'sure' | null {
  return traits.quoted || isName(traits, raw, from, to) ? 'sure' : null;
}

/** The words between the date and the verb, or in front of the date when there are none. */
function aroundDate({ bare, leads }: Traits, before: number): readonly [number, number] {
  const head = bare.slice(0, before);
  const last = head.search(/\d\D*$/) + 1;
  return leads || /\p{L}{2}/u.test(head.slice(last)) ? [last, before] : [0, Math.max(0, head.search(/\d/))];
}

/** A stretch with the look of a name: few words, capitals or a script that has none, no sentence. */
function isName({ bare, date }: Traits, raw: string, from: number, to: number, maxSmall = 2): boolean {
  const folded = bare.slice(from, to);
  if (folded.length > 90 || /[?!;]/.test(folded)) return false;
  const words = folded.split(WORD_EDGES).filter((word) => /\p{L}/u.test(word) && !word.includes('@'));
  if (words.length === 0 || words.length > 7) return false;
  const small = smallWords(raw);
  const count = words.filter((word) => word.length > 2 && small.has(word)).length;
  const [only] = words;
  if (words.length === 1 && only !== undefined && small.has(only))
    return YOU.has(only) || (date !== 1 && maxSmall > 0 && !LEADS.test(folded.trim()));
  return count <= maxSmall && count < words.length;
}

/** The words that begin in small letters, folded. */
function smallWords(raw: string): ReadonlySet<string> {
  return new Set(
    raw
      .split(WORD_EDGES)
      .filter((word) => /^\p{Ll}/u.test(word))
      .map(fold),
  );
}

function read(raw: string, quoted: boolean): Traits {
  const framed = /^[\s>]*[-–—=_]{2,}/.test(raw) && /[-–—=_]{2,}\s*$/.test(raw);
  const whole = fold(raw)
    .replace(/^[\s\-–—*_>.]+/, '')
    .replace(/[\s\-–—*_]+$/, '');
  const bare = whole.replace(/ ?(?:\.\.\.|[:：])$/, '');
  return {
    bare,
    colon: bare !== whole,
    framed,
    date: gradeDate(bare),
    address: bare.includes('@'),
    leads: leadsIn(bare),
    verb: lastVerb(bare),
    quoted,
  };
}

/** Begins with a word such as `On` and a digit soon, or with a weekday or a date. */
function leadsIn(bare: string): boolean {
  return startsWithDate(bare) || (LEADS.test(bare) && /\d/.test(bare.slice(0, LEAD_WINDOW)));
}

/** The last verb of the table that stands as a word of its own; scripts without spaces have no word edges. */
function lastVerb(bare: string): Verb | null {
  let found: Verb | null = null;
  for (const match of bare.matchAll(WROTE)) found = { start: match.index, end: match.index + match[0].length };
  return found;
}

/** Indices at which an attribution may begin in the middle of a line: behind a sentence, or a word such as `On`. */
function sharedStarts(text: string): number[] {
  const lower = fold(text);
  // Folding may change the length of exotic text: then positions mean nothing.
  if (lower.length !== text.length) return [];
  const sentences = [...text.matchAll(SENTENCE)].map(({ index }) => index);
  if (leadsIn(lower.replace(/^[\s\-–—*_>.]+/, '')))
    return sentences.filter((at) => /\p{Lu}/u.test(text[at] ?? '') && leadsIn(lower.slice(at))).slice(-MAX_SHARED);
  // A client begins with a capital, wherever in the line it begins, or with a short weekday.
  const isSmall = (at: number) => /\p{Ll}/u.test(text[at] ?? '');
  const leads = [...lower.matchAll(SHARED_LEAD)].map(({ index }) => index).filter((at) => !isSmall(at));
  return [...leads, ...sentences.filter((at) => !isSmall(at) || startsWithDate(lower.slice(at)))].slice(-MAX_SHARED);
}
