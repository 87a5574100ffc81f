import { isAppendedLine } from './appended-line.ts';
import { LEGAL_LABELS, LEGAL_WORDS } from './phrases.ts';
import { isBlankLine, isRule, type Line } from './lines.ts';
import { anyOf, fold } from './word-tables.ts';

const MAX_RULED_LINES = 8;
const MAX_RULED_WIDTH = 70;
const MAX_CARD_LINES = 9;
const MAX_TAIL = 40;
const PGP_MESSAGE = '-----BEGIN PGP SIGNED MESSAGE-----';
const PGP_SIGNATURE = '-----BEGIN PGP SIGNATURE-----';
const MAX_ARMOR = 6;
const DELIMITER_BEGINS = new Set('-_=*~—–─━');
const LEGAL = new RegExp(anyOf(LEGAL_WORDS.map(fold)), 'gu');
const LEGAL_LABEL = new RegExp(`^[^\\p{L}]*(?:${anyOf(LEGAL_LABELS.map(fold))})`, 'u');
const LEGAL_ENOUGH = 3;
/** A picture or a word that led somewhere, in front of the words of a scanner. */
const LINK = /[<([]https?:[^<>()[\]\s]{1,1000}[>)\]]/g;
/** A web address, a mail address, or a phone number with or without its label. */
const CONTACT = new RegExp(
  String.raw`^(?:\W|\p{L}{1,12}[.:]{0,2} ?)?(?:https?://\S+|www\.\S+|[^\s@]+@[^\s@]+\.[^\s@]+|\+?\(?\d[\d\s()./-]{6,24}\d)[\s>*]*$`,
  'u',
);

/**
 * Index at which the signature of a run of own lines begins, or its end when there is none: behind a delimiter
 * (RFC 3676 §4.3 `-- ` and its relatives), a line that a phone appended, an element that the client calls so, a card of
 * contact details or a disclaimer at the end. A closing such as `Kind regards, Anna` is what the person wrote and stays.
 * `inCode` tells which lines are code.
 */
export function signatureStart(lines: readonly Line[], inCode: (index: number) => boolean): number {
  for (let i = 0; i < lines.length; i++) {
    if (inCode(i)) continue;
    if (isDelimiter(lines, i)) return i;
    if (isAppendedLine(lines[i]?.text ?? '') && standsAlone(lines, i)) return i;
  }
  return beforeTail(lines, [appendedTail, elementTail, legalTail, cardTail]);
}

/** Lines of the armor above a signed text (RFC 9580 §7): its mark, the hash, a blank line. */
export function armorLines(lines: readonly Line[]): number {
  const first = lines.findIndex((line) => !isBlankLine(line));
  if (lines[first]?.text !== PGP_MESSAGE) return 0;
  const end = lines.slice(first, first + MAX_ARMOR).findIndex((line) => isBlankLine(line));
  return end < 0 ? 0 : first + end + 1;
}

/** Where the finders stop to take something off the end. Each looks at a bounded number of lines, or takes them all. */
function beforeTail(
  lines: readonly Line[],
  finders: readonly ((lines: readonly Line[], end: number) => number)[],
): number {
  for (let end = lines.length; ;) {
    const start = Math.min(...finders.map((find) => find(lines, end)));
    if (start >= end) return end;
    end = start;
  }
}

function isDelimiter(lines: readonly Line[], at: number): boolean {
  const bare = lines[at]?.text.trim() ?? '';
  if (!DELIMITER_BEGINS.has(bare[0] ?? '')) return false;
  if (bare === '--' || bare === '—' || bare === '- --' || bare === PGP_SIGNATURE) return true;
  if (lines.length - at > MAX_RULED_LINES * 2 || !isRule(bare) || bare.includes(' ')) return false;
  const rest = lines.slice(at + 1, at + 2 + MAX_RULED_LINES * 2).filter((line) => !isBlankLine(line));
  if (rest.length === 0 || rest.length > MAX_RULED_LINES) return false;
  return rest.every(({ text }) => isCardLine(text) && !isRule(text));
}

/** Short, no sentence, no item of a list. */
function isCardLine(text: string): boolean {
  return text.length <= MAX_RULED_WIDTH && !/[.!?:]$/.test(text.trim()) && !/^\s*(?:[-*•#]|\d+[.)])/.test(text);
}

/** A mobile line in the middle counts only as a paragraph of its own: people write "Sent from my desk" too. */
function standsAlone(lines: readonly Line[], at: number): boolean {
  return (
    at > 0 &&
    isBlankLine(lines[at - 1]) &&
    (at === lines.length - 1 || isBlankLine(lines[at + 1]) || isAppendedLine(lines[at + 1]?.text ?? ''))
  );
}

/** Appended lines at the very end, and a name that stands directly above them. */
function appendedTail(lines: readonly Line[], end: number): number {
  let start = end;
  for (let i = end - 1; i >= 0 && i >= end - MAX_TAIL; i--) {
    if (isAppendedLine(lines[i]?.text ?? '')) start = i;
    else if (!isBlankLine(lines[i])) break;
  }
  const name = lines[start - 1]?.text.trim() ?? '';
  const isNamed = start < end && start >= 2 && isBlankLine(lines[start - 2]) && saysMore(lines, start - 2);
  return isNamed && /^\p{Lu}[\p{L}.'-]*(?: \p{Lu}[\p{L}.'-]*){0,3}$/u.test(name) ? start - 1 : start;
}

/** Whether anything is said above: a word below nothing is no name, it is the answer. */
function saysMore(lines: readonly Line[], end: number): boolean {
  return lines.slice(Math.max(0, end - MAX_TAIL), end).some((line) => !isBlankLine(line));
}

/** Lines of an element that the client calls a signature, at the end, below words that are none. */
function elementTail(lines: readonly Line[], end: number): number {
  let start = end;
  while (start > 0 && (isBlankLine(lines[start - 1]) || lines[start - 1]?.signature === true)) start--;
  return start > 0 && lines.slice(start, end).some((line) => line.signature) ? start : end;
}

/** A last paragraph of legal words: a label, or three different words of the table. */
function legalTail(lines: readonly Line[], end: number): number {
  const start = lastParagraph(lines, end);
  if (start === null) return end;
  const text = fold(
    lines
      .slice(start, end)
      .map((line) => line.text)
      .join(' ')
      .slice(0, 6000)
      .replaceAll(LINK, ''),
  );
  const found = new Set([...text.matchAll(LEGAL)].map(([word]) => word));
  if (found.size >= LEGAL_ENOUGH && text.length >= 100) return start;
  return LEGAL_LABEL.test(text) && (found.size > 0 || text.length < 200) ? start : end;
}

/** A last paragraph of short lines, two of them contact details: who sent it, not what he said. */
function cardTail(lines: readonly Line[], end: number): number {
  const start = lastParagraph(lines, end);
  if (start === null) return end;
  const card = lines.slice(start, end).filter((line) => !isBlankLine(line));
  if (card.length < 3 || card.length > MAX_CARD_LINES || !card.every(({ text }) => isCardLine(text))) return end;
  const above = lines.slice(0, start).findLast((line) => !isBlankLine(line));
  // `Here are my new details:` introduces them.
  if (above === undefined || /[:：]$/.test(above.text.trim())) return end;
  return card.filter(({ text }) => text.split(/[|•·]/).some((piece) => CONTACT.test(piece.trim()))).length >= 2
    ? start
    : end;
}

/** Where the last paragraph begins, when another one stands above it. */
function lastParagraph(lines: readonly Line[], end: number): number | null {
  let last = end;
  while (last > 0 && isBlankLine(lines[last - 1])) last--;
  let start = last;
  while (start > 0 && start > last - MAX_TAIL && !isBlankLine(lines[start - 1])) start--;
  return start > 0 && start < last && isBlankLine(lines[start - 1]) ? start : null;
}
