import { isBlankLine, type Line } from './lines.ts';
import { isForwardEnd, markAt, type Mark } from './marks.ts';

/** A run of lines that are the sender's own, or quoted. `mark` is what introduced the quotation. */
export interface Piece {
  kind: 'own' | 'quote';
  from: number;
  to: number;
  mark: Mark | null;
  /** A quotation that runs to the end of the body by its nature, with no `>` to tell where it ends. */
  rest: boolean;
  /** It holds more than blank lines. */
  filled: boolean;
  /** The last own words, which share a line with the attribution below. */
  shared: Line | null;
}

/** A body cut into pieces; the pieces cover every line once, in order. */
export interface ScannedBody {
  lines: readonly Line[];
  pieces: Piece[];
  inCode: (index: number) => boolean;
}

const WRAPPED_MIN = 60;

interface Scan {
  lines: readonly Line[];
  pieces: Piece[];
  hasOwnWords: boolean;
  expectsForward: boolean;
  /** Where forwarded messages are said to end; found once, when first asked for. */
  forwardEnds: number[] | null;
  endsPassed: number;
}

/**
 * One pass over the lines of a body. Work per line is bounded, so the whole is linear in its length.
 * `expectsForward` (from the subject) decides whether unquoted text below a leading attribution is forwarded.
 */
export function scanBody(lines: readonly Line[], expectsForward: boolean): ScannedBody {
  const inCode = codeBlocks(lines);
  const scan: Scan = { lines, pieces: [], hasOwnWords: false, expectsForward, forwardEnds: null, endsPassed: 0 };
  let at = 0;
  while (at < lines.length) {
    const mark = inCode(at) || isPlainBlank(lines[at]) ? null : markAt(lines, at);
    if (mark) at = takeMarked(scan, at, mark);
    else if (!inCode(at) && isQuotedLine(scan, at)) at = extend(scan, 'quote', at + 1);
    else if (isBlankLine(lines[at])) at = extend(scan, scan.pieces.at(-1)?.kind ?? 'own', at + 1);
    else {
      scan.hasOwnWords = true;
      at = extend(scan, 'own', at + 1);
    }
  }
  return { lines, pieces: scan.pieces, inCode };
}

/** Nothing begins at a blank line, unless html drew a line or put a container there. */
function isPlainBlank(line: Line | undefined): boolean {
  return line !== undefined && line.text === '' && !line.rule && !line.quoteStarts && !line.restQuoted;
}

/** Adds the quotation that a mark introduces; answers where scanning goes on. */
function takeMarked(scan: Scan, at: number, mark: Mark): number {
  const { lines } = scan;
  const line = lines[at];
  if (mark.before !== '' && line?.depth === 0) shareLine(scan, at, { ...line, text: mark.before });
  const end = Math.max(mark.end, at + 1);
  if (line?.restQuoted || mark.rest) return takeQuote(scan, at, lines.length, mark, true);
  const framed = mark.kind === 'forward' && line?.depth === 0 ? endOfForward(scan, mark.end) : null;
  if (framed !== null) return takeQuote(scan, at, framed, mark, false);
  if ((line?.depth ?? 0) > 0 || mark.kind === 'container') return takeQuote(scan, at, end, mark, false);
  if ((lines[nextFilled(lines, mark.end)]?.depth ?? 0) > 0) return takeQuote(scan, at, end, mark, false);
  // On top of unquoted words, with nothing above: a client that forgot to quote, or an answer below the quotation.
  if (mark.kind !== 'forward' && !scan.expectsForward && !scan.hasOwnWords) {
    takeQuote(scan, at, end, mark, false);
    scan.pieces.push({ kind: 'own', from: end, to: end, mark: null, rest: false, filled: false, shared: null });
    return end;
  }
  return takeQuote(scan, at, lines.length, mark, true);
}

/**
 * A quotation directly below a quotation is one, unless only the lower one says whose it is: then the upper one is
 * something that the sender cites.
 */
function takeQuote({ pieces, lines, hasOwnWords }: Scan, from: number, to: number, mark: Mark, rest: boolean): number {
  const last = pieces.at(-1);
  const isCited = hasOwnWords && last?.filled && last.mark === null && !mark.weak && lines[from]?.depth === 0;
  if (last?.kind === 'quote' && !isCited) {
    if (!last.filled) last.mark = mark;
    last.to = to;
    last.rest ||= rest;
    last.filled = true;
  } else pieces.push({ kind: 'quote', from, to, mark, rest, filled: true, shared: null });
  return to;
}

/** Behind `----- End forwarded message -----`, which some clients print and write on below. */
function endOfForward(scan: Scan, from: number): number | null {
  scan.forwardEnds ??= scan.lines.flatMap(({ text, depth }, i) => (depth === 0 && isForwardEnd(text) ? [i + 1] : []));
  // Marks come in order, so the ends above this one are never asked for again.
  while ((scan.forwardEnds[scan.endsPassed] ?? Infinity) <= from) scan.endsPassed++;
  return scan.forwardEnds[scan.endsPassed] ?? null;
}

/** The reply shares a line with the attribution: its words become the last line of the own piece above. */
function shareLine(scan: Scan, at: number, shared: Line): void {
  extend(scan, 'own', at);
  const own = scan.pieces.at(-1);
  if (own) own.shared = shared;
  scan.hasOwnWords = true;
}

/** Quoted by its own mark, or the broken-off end of a long quoted line. */
function isQuotedLine({ lines, pieces }: Scan, at: number): boolean {
  const line = lines[at];
  const previous = lines[at - 1];
  if (!line) return false;
  if (line.depth > 0) return true;
  if (!previous || previous.depth === 0 || pieces.at(-1)?.kind !== 'quote' || isBlankLine(line)) return false;
  const text = line.text.trim();
  const next = lines[at + 1];
  if (/^[(<]?https?:\/\/\S+$|^\(https?:[^()]*\)\s*>?$/.test(text)) return (next?.depth ?? 0) > 0 || isBlankLine(next);
  const goesOn = /^[\p{Ll}\d,.;)]/u.test(text) && text.length < previous.text.length;
  return previous.text.length >= WRAPPED_MIN && goesOn && (next?.depth ?? 0) > 0;
}

/** Grows the last piece or starts one from there; answers `to`. */
function extend({ lines, pieces }: Scan, kind: Piece['kind'], to: number): number {
  const last = pieces.at(-1);
  const filled = !isBlankLine(lines[to - 1]);
  if (last?.kind === kind && !last.rest && last.shared === null) {
    last.to = to;
    last.filled ||= filled;
  } else pieces.push({ kind, from: last?.to ?? 0, to, mark: null, rest: false, filled, shared: null });
  return to;
}

function nextFilled(lines: readonly Line[], at: number): number {
  let i = at;
  while (i < lines.length && i < at + 50 && isBlankLine(lines[i])) i++;
  return i;
}

/** Lines between two ``` fences. A fence that is never closed fences nothing. */
function codeBlocks(lines: readonly Line[]): (index: number) => boolean {
  const ranges: [number, number][] = [];
  let open = -1;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    if (line?.depth !== 0 || !line.text.trimStart().startsWith('```')) continue;
    if (open < 0) open = i;
    else {
      ranges.push([open, i]);
      open = -1;
    }
  }
  if (ranges.length === 0) return () => false;
  const code = new Set(ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, k) => from + k)));
  return (index) => code.has(index);
}
