import { MAIL_LANGUAGES, type HeaderRole } from './languages.ts';
import { SELF_WORDS, YOU_WORDS } from './phrases.ts';

const ASCII = /^[\x20-\x7e]*$/;

/** Label of a printed header field in any language → what it is. Keys as `labelKey` makes them. */
export const LABEL_ROLES: ReadonlyMap<string, HeaderRole> = new Map(
  MAIL_LANGUAGES.flatMap(({ labels }) =>
    Object.entries(labels).flatMap(([role, words]) =>
      words.map((word) => [labelKey(word), role as HeaderRole] as const),
    ),
  ).reverse(),
);

/** All words of one kind over all languages, longest first, so that `napisał(a)` wins over `napisał`. */
const union = (pick: (row: (typeof MAIL_LANGUAGES)[number]) => readonly string[]) =>
  [...new Set(MAIL_LANGUAGES.flatMap(pick).map(fold))].sort((a, b) => b.length - a.length);

export const WROTE_WORDS = union((row) => row.wrote);
export const LEAD_WORDS = union((row) => row.lead);
export const ORIGINAL_MARKS = union((row) => row.original);
export const FORWARD_MARKS = union((row) => row.forwarded);
/** `I`, `my`, `we` …: no client prints them, so a line that has one was written by a person. */
export const SELF = new Set(SELF_WORDS.map(fold));
/** `you wrote:` */
export const YOU = new Set(YOU_WORDS.map(fold));

/** Phrases by their first character, so that a line is compared with few. */
export function byFirstCharacter(phrases: readonly string[]): ReadonlyMap<string, readonly string[]> {
  return Map.groupBy(phrases, (phrase) => phrase[0] ?? '');
}

/** A line that a phone or app appends: how it begins, and how it ends when that is known too. */
export interface AppendedPattern {
  start: string;
  end: string;
  /** The line says `start` and nothing else. */
  exact: boolean;
}

export const APPENDED_PATTERNS: readonly AppendedPattern[] = union((row) => row.mobile).map((pattern) => {
  const [start = '', end = ''] = pattern.split('…');
  return { start, end, exact: !pattern.includes('…') };
});

/** Scripts that have no capitals and put no spaces between words, for a character class. */
export const CASELESS = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}`;

/** One pattern that finds any of the phrases. A plain alternation: nothing in it can backtrack. */
export function anyOf(phrases: readonly string[]): string {
  return phrases.map((phrase) => phrase.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')).join('|');
}

/** Lower case, composed, with ordinary spaces, apostrophes and digits: what the tables and the text are compared in. */
export function fold(text: string): string {
  // Nearly every line, and ten times faster.
  if (ASCII.test(text)) return text.toLowerCase();
  return text
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/[\u00a0\u2000-\u200a\u202f\u3000\t]/g, ' ')
    .replaceAll(/\u0307|[\u064b-\u0652]/g, '')
    .replaceAll(/[\u0640\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g, '')
    .replaceAll(/[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u0e50-\u0e59\uff10-\uff19]/g, asciiDigit)
    .replaceAll(/[’ʼ]/g, "'");
}

/** A label as the table knows it: Chinese clients put a wide space into short ones. */
export function labelKey(text: string): string {
  const bare = fold(text).replaceAll('*', '').trim();
  if (ASCII.test(bare)) return bare;
  return /[\p{Script=Han}\p{Script=Hangul}]/u.test(bare) ? bare.replaceAll(' ', '') : bare;
}

/** All decimal digits of Unicode come in runs of ten, and these runs start at a multiple of 16 or six above one. */
function asciiDigit(digit: string): string {
  const code = digit.charCodeAt(0) & 0xf;
  return String(code >= 6 && digit >= '\u0966' && digit <= '\u096f' ? code - 6 : code);
}
