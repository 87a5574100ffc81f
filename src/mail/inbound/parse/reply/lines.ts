/** One line of a body, from text or from html, as the reply scanner sees it. */
export interface Line {
  /** Without quote marks, trimmed at the end. */
  text: string;
  /** How many levels of quotation it stands in. */
  depth: number;
  /** A quoted line of a text as it was written. */
  raw?: string;
  /** A drawn line: `_____`, `-----`, <hr>, or the border above an Outlook quotation. */
  rule: boolean;
  /** Set by html: a container that mail clients put around a quotation begins here… */
  quoteStarts?: boolean;
  /** …or everything from here on is quoted. */
  restQuoted?: boolean;
  /** Set by html: it stands in what the client puts below every mail. */
  signature?: boolean;
}

const MAX_DEPTH = 100;

/** Lines of a text body; `>` marks at the start become depth. Linear in the length of the text. */
export function textLines(text: string): Line[] {
  return withInitials(text.split('\n').map((line) => toLine(line)));
}

const INITIALS = /^\s?(\p{Lu}[\p{L}]{1,3})>(>*) ?(.*)$/u;

/** The Bat! quotes with initials: `AB> words`. Believed when a line above ends with a colon and several lines agree. */
function withInitials(lines: Line[]): Line[] {
  const first = lines.findIndex(({ text }) => text.includes('>') && INITIALS.test(text));
  if (first < 0) return lines;
  const initials = INITIALS.exec(lines[first]?.text ?? '')?.[1];
  const quoted = lines.filter(({ text }) => INITIALS.exec(text)?.[1] === initials).length;
  const above = lines.slice(Math.max(0, first - 3), first).findLast((line) => !isBlankLine(line));
  if (quoted < 2 || !/[:：]$/.test(above?.text ?? '')) return lines;
  return lines.map((line) => {
    const [, own, deeper = '', text = ''] = INITIALS.exec(line.text) ?? [];
    return own === undefined ? line : { ...line, text, depth: line.depth + 1 + deeper.length, raw: line.text };
  });
}

/** Marks of direction and of no width, which clients put before a line; nobody sees them, and no table has them. */
const UNSEEN = /^[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+/;

/** One line of text, its blanks ordinary ones; `base` is the depth its html container adds. */
export function toLine(written: string, base = 0): Line {
  const visible = written.charCodeAt(0) < 0x200b ? written : written.replace(UNSEEN, '');
  const raw = visible.includes('\u00a0') ? visible.replaceAll('\u00a0', ' ') : visible;
  let at = 0;
  let depth = 0;
  for (;;) {
    const next = skipBlanks(raw, at);
    if (raw[next] !== '>' || depth >= MAX_DEPTH || isHtmlLike(raw, next, depth)) break;
    depth++;
    at = next + 1;
  }
  const text = (depth > 0 && raw[at] === ' ' ? raw.slice(at + 1) : raw.slice(at)).trimEnd();
  const line = { text, depth: depth + base, rule: isRule(text) };
  return depth > 0 && base === 0 ? { ...line, raw: raw.trimEnd() } : line;
}

/** `>>>` prompts and `>=` are text, not quotation. */
function isHtmlLike(raw: string, at: number, depth: number): boolean {
  return depth === 0 && raw[at + 1] === '=';
}

/** Up to three blanks may stand before a mark: four are code. */
function skipBlanks(raw: string, at: number): number {
  let next = at;
  while (raw[next] === ' ' || raw[next] === '\t') next++;
  return next;
}

/** A line of at least three dashes, underscores, equals signs, stars or their typographic cousins. */
export function isRule(text: string): boolean {
  const bare = text.trim();
  if (bare.length < 3) return false;
  for (const char of bare) if (!'-_=*~—–─━ '.includes(char)) return false;
  return true;
}

/** Quotation marks put back, for lines that stay in view. */
export function quotedText(line: Line, from = 0): string {
  if (from === 0 && line.raw !== undefined) return line.raw;
  const depth = Math.max(0, line.depth - from);
  return depth === 0 ? line.text : `${'>'.repeat(depth)} ${line.text}`.trimEnd();
}

export const isBlankLine = (line: Line | undefined): boolean => line === undefined || line.text.trim() === '';

/** Lines joined, without blank ones around them. */
export function joinLines(lines: readonly Line[], from = 0): string {
  let first = 0;
  let end = lines.length;
  while (first < end && isBlankLine(lines[first])) first++;
  while (end > first && isBlankLine(lines[end - 1])) end--;
  return lines
    .slice(first, end)
    .map((line) => quotedText(line, from))
    .join('\n')
    .trimEnd();
}
