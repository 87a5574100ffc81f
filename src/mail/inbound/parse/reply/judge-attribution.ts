import { endOfDate, gradeDate, startsWithDate } from './dates.ts';
import { trimChars, trimEndChars } from './trim.ts';
import { anyOf, CASELESS, fold, LEAD_WORDS, SELF, WROTE_WORDS, YOU } from './word-tables.ts';

const LEAD_WINDOW = 45;
const MAX_WORDS = 30;
const WORD_EDGES = /[\s,:：()"'«»<>]+/u;
const GMAIL_DATE = /^\d{4}-\d\d-\d\d \d\d?:\d\d gmt[+-]\d\d:\d\d \S/;
const WROTE = new RegExp(
  String.raw`(?:(?<![\p{L}\p{N}])|(?=[${CASELESS}]))(?:${anyOf(WROTE_WORDS)})(?:(?![\p{L}\p{N}])|(?<=[${CASELESS}]))`,
  'gu',
);
const ASCII = /^[\x20-\x7e]*$/;
/** The same for a line without foreign letters, and several times faster: it can only hold verbs that have none. */
const ASCII_WROTE = new RegExp(
  `(?<![a-z0-9])(?:${anyOf(WROTE_WORDS.filter((verb) => ASCII.test(verb)))})(?![a-z0-9])`,
  'g',
);
const LEADS = new RegExp(String.raw`^(?:${anyOf(LEAD_WORDS)})(?:(?![\p{L}\p{N}])|(?<=[${CASELESS}]))`, 'u');
const DASHES = '-–—=_';

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

/**
 * Whether the words of a line are what a client prints above a quotation: verb, date, address and name decide together.
 * `quoted` says that a quotation stands directly below; only then may it be `weak`, a person's own introduction.
 */
export function judgeAttribution(raw: string, quoted: boolean): 'sure' | 'weak' | null {
  const traits = read(raw, quoted);
  const { bare, verb, date, address, colon, leads } = traits;
  const words = bare.split(' ');
  if (bare === '' || words.length > MAX_WORDS) return null;
  if (words.some((word) => SELF.has(word)) && !(quoted && date > 0)) return null;
  if (verb !== null) return withVerb(raw, traits, verb);
  if (GMAIL_DATE.test(bare)) return bare.length < 120 ? 'sure' : null;
  if (date === 0 || !address) return null;
  if (colon && leads && (quoted || /@\S+$/.test(bare))) return 'sure';
  if (colon && date === 2 && (quoted || /^\S+@\S+ </.test(bare) || isName(traits, raw, 0, bare.length, 0)))
    return 'sure';
  return leads && bare.endsWith('>') && quoted ? 'sure' : null;
}

function withVerb(raw: string, traits: Traits, verb: Verb): 'sure' | 'weak' | null {
  const { bare, date, address, colon, framed, leads, quoted } = traits;
  const atEnd = bare.length - verb.end <= 2;
  if (framed) return (address && (date > 0 || atEnd)) || (atEnd && isName(traits, raw, 0, verb.start)) ? 'sure' : null;
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

function withAddress({ bare, date, quoted, leads }: Traits, verb: Verb, atEnd: boolean): 'sure' | null {
  if (date === 0) return atEnd || verb.start === 0 ? 'sure' : null;
  if (quoted || atEnd || /[<([]\S*@/.test(bare)) return 'sure';
  // An address in place of a name: at the end, or at the start.
  return date === 2 && (leads ? /@\S+$/ : /^\S+@/).test(bare) ? 'sure' : null;
}

/** Without an address a name has to stand where clients put it; quoted lines below say as much. */
function named(traits: Traits, raw: string, [from, to]: readonly [number, number]): 'sure' | null {
  return traits.quoted || isName(traits, raw, from, to) ? 'sure' : null;
}

/** The words between the date and the verb, or in front of the date when there are none. */
function aroundDate({ bare }: Traits, before: number): readonly [number, number] {
  const head = bare.slice(0, before);
  const last = endOfDate(head);
  return LEADS.test(bare) || /\p{L}/u.test(head.slice(last)) ? [last, before] : [0, Math.max(0, head.search(/\d/))];
}

/** A stretch with the look of a name: few words, capitals or a script that has none, no sentence. */
function isName({ bare, date }: Traits, raw: string, from: number, to: number, maxSmall = 2): boolean {
  const folded = bare.slice(from, to);
  if (folded.length > 90 || /[?!;]/.test(folded)) return false;
  const words = folded.split(WORD_EDGES).filter((word) => /\p{L}/u.test(word) && !word.includes('@'));
  if (words.length === 0 || words.length > 8) return false;
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
  const edges = trimChars(raw, ' \t>');
  const isDash = (char: string | undefined) => char !== undefined && DASHES.includes(char);
  const framed = [edges[0], edges[1], edges.at(-1), edges.at(-2)].every(isDash);
  const whole = trimEndChars(trimDecoration(fold(raw)), ' \t-–—*_');
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

/** Without dashes, stars and quote marks in front. */
export function trimDecoration(folded: string): string {
  return folded.replace(/^[\s\-–—*_>.]+/, '');
}

/** Begins with a word such as `On` and a digit soon, or with a weekday or a date. */
export function leadsIn(bare: string): boolean {
  return startsWithDate(bare) || (LEADS.test(bare) && /\d/.test(bare.slice(0, LEAD_WINDOW)));
}

/** The last verb of the table that stands as a word of its own; scripts without spaces have no word edges. */
function lastVerb(bare: string): Verb | null {
  let found: Verb | null = null;
  const wrote = ASCII.test(bare) ? ASCII_WROTE : WROTE;
  wrote.lastIndex = 0; // not matchAll, which compiles the table anew for each line
  for (let match = wrote.exec(bare); match; match = wrote.exec(bare))
    found = { start: match.index, end: match.index + match[0].length };
  return found;
}
