import { Parser } from 'htmlparser2';
import type { Comparison } from './corpus.ts';

/** What nobody sees, or sees in other ways: invisible characters, kinds of blanks, a drawn line at the very end. */
function plain(text: string): string {
  return text
    .normalize('NFC')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[\u200b-\u200f\ufeff\u2060]/g, '')
    .replaceAll(/[\u00a0\u2000-\u200a\u202f\u3000]/g, ' ')
    .replace(/(\n[ \t]*[-_=*—–]{2,}[ \t]*)+\s*$/u, '');
}

const oneBlank = (text: string) => text.replaceAll(/\s+/g, ' ').trim();

/** The form in which two texts must be equal, by the convention of their source. */
const FORMS: Readonly<Record<Comparison, (text: string) => string>> = {
  ws: oneBlank,
  /** Line ends and quotation marks are the writer's. */
  nows: (text) => text.replaceAll(/^[ \t>]*>/gm, '').replaceAll(/\s/g, ''),
  /** The source writes html as Markdown. */
  md: (text) =>
    oneBlank(
      text
        .replaceAll(/!\[[^\]]*\]\([^)]*\)/g, ' ')
        .replaceAll(/<img[^>]*>/g, ' ')
        .replaceAll(/\[(?:image|cid):[^\]]*\]/g, ' ')
        .replaceAll(/(\*\*|\*|__|\\)/g, ''),
    ),
  alnum: (text) => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ''),
};

/** A text as it is compared. */
export function comparable(text: string | null | undefined, form: Comparison = 'ws'): string {
  return FORMS[form](plain(text ?? ''));
}

const words = (text: string): string[] =>
  plain(text)
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? [];

/** How much two texts have in common, word by word: 1 when all, 0 when nothing. */
export function tokenF1(a: string, b: string): number {
  const [left, right] = [words(a), words(b)];
  if (left.length === 0 && right.length === 0) return 1;
  const counts = new Map<string, number>();
  for (const word of left) counts.set(word, (counts.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of right) {
    const count = counts.get(word) ?? 0;
    if (count === 0) continue;
    shared++;
    counts.set(word, count - 1);
  }
  return (2 * shared) / (left.length + right.length);
}

const ALIKE = 0.98;

/** Bodies are long: they are the same when hardly a word differs. */
export function isSameBody(a: string, b: string): boolean {
  return comparable(a) === comparable(b) || comparable(a, 'alnum') === comparable(b, 'alnum') || tokenF1(a, b) >= ALIKE;
}

const HIDDEN = new Set(['style', 'script', 'head', 'title']);
const BLOCKS = new Set(['p', 'div', 'li', 'tr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'blockquote', 'table']);

/** What a reader sees of html, by rules as simple as can be: those of the parser are what is judged. */
export function visibleText(html: string): string {
  let text = '';
  let hidden = 0;
  const parser = new Parser(
    {
      onopentag(name) {
        if (HIDDEN.has(name)) hidden++;
        if (name === 'br') text += '\n';
      },
      ontext(words) {
        if (hidden === 0) text += words;
      },
      onclosetag(name) {
        if (HIDDEN.has(name)) hidden = Math.max(0, hidden - 1);
        if (BLOCKS.has(name)) text += '\n';
      },
    },
    { decodeEntities: true, lowerCaseTags: true },
  );
  parser.end(html);
  return text
    .replaceAll('\u00a0', ' ')
    .replaceAll(/[ \t]+/g, ' ')
    .replaceAll(/ *\n\s*/g, '\n')
    .trim();
}
