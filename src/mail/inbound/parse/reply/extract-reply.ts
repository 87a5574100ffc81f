import type { ForwardedMail } from '../../inbound-mail.ts';
import { PARSE_LIMITS } from '../limits.ts';
import { isAppendedLine } from './appended-line.ts';
import { readForward } from './forward.ts';
import { isBlankLine, joinLines, textLines, type Line } from './lines.ts';
import { scanBody, type Piece, type ScannedBody } from './scan-body.ts';
import { armorLines, signatureStart } from './signature.ts';
import { subjectKind } from './subject-kind.ts';

/** What a body says anew, and what it repeats. Nothing is lost: every line is in one of them. */
export interface ExtractedReply {
  reply: string;
  quoted: string;
  signature: string;
  forward: ForwardedMail | null;
}

/** What the header says about the mail: it decides between a reply and a forward that look alike. */
export interface ReplyContext {
  subject: string;
  /** In-Reply-To or References is there. */
  isReply: boolean;
}

/** Own lines of one piece, its signature split off. */
interface OwnPiece {
  lines: Line[];
  signature: Line[];
}

/** By the index of the piece; null for a quotation. */
type Owns = readonly (OwnPiece | null)[];

/** The new words of a text body. Only its first million characters and 15,000 lines are read; what is behind them is quoted. */
export function extractReply(text: string, context: ReplyContext): ExtractedReply {
  const end = scannedEnd(text);
  const read = text.slice(0, end);
  return withUnread(extractFromLines(textLines(read), context), text.slice(end));
}

/** The new words of a body given as lines, of text or html. */
export function extractFromLines(all: Line[], context: ReplyContext): ExtractedReply {
  const { scannedLines } = PARSE_LIMITS;
  if (all.length > scannedLines)
    return withUnread(extractFromLines(all.slice(0, scannedLines), context), joinLines(all.slice(scannedLines)));
  return extract(all, context);
}

/** Where reading ends: behind the last line, or the last character, that is read. */
function scannedEnd(text: string): number {
  let at = 0;
  for (let line = 0; line < PARSE_LIMITS.scannedLines; line++) {
    const next = text.indexOf('\n', at);
    if (next < 0 || next >= PARSE_LIMITS.scannedChars) return Math.min(text.length, PARSE_LIMITS.scannedChars);
    at = next + 1;
  }
  return at;
}

function withUnread(result: ExtractedReply, rest: string): ExtractedReply {
  return rest === '' ? result : { ...result, quoted: `${result.quoted}\n${rest}` };
}

function extract(lines: Line[], context: ReplyContext): ExtractedReply {
  const kind = subjectKind(context.subject, lines);
  const body = scanBody(lines, kind === 'forward' || (kind === null && !context.isReply));
  const forward = readForward(body, { ...context, kind });
  const owns = body.pieces.map((piece) => (piece.kind === 'own' ? splitSignature(body, piece) : null));
  const kept = keptQuotes(body, owns, forward !== null);
  const reply = joinPieces(body, owns, kept, true);
  const quoted = joinPieces(body, owns, kept, false);
  const signature = owns
    .map((own) => (own === null || own.signature.length === 0 ? '' : joinLines(own.signature)))
    .filter(Boolean)
    .join('\n\n');
  if (reply === '' && isOnlyCitation(body)) return { reply: joinLines(lines), quoted: '', signature, forward };
  if (reply === '' && quoted === '' && isMoreThanAppended(signature))
    return { reply: signature, quoted, signature: '', forward };
  return { reply, quoted, signature, forward };
}

function splitSignature(body: ScannedBody, piece: Piece): OwnPiece {
  const lines = [...body.lines.slice(piece.from, piece.to), ...(piece.shared ? [piece.shared] : [])];
  const start = signatureStart(lines, (index) => body.inCode(piece.from + index));
  const armor = Math.min(start, armorLines(lines));
  return { lines: lines.slice(armor, start), signature: [...lines.slice(0, armor), ...lines.slice(start)] };
}

/**
 * Quotations that stay in view because something is answered below them, or because the sender cites them. Answers
 * between several quotations keep them all; a single quotation stays only when nothing says whose words it repeats.
 */
function keptQuotes(body: ScannedBody, owns: Owns, isForward: boolean): ReadonlySet<Piece> {
  if (isForward) return new Set();
  const isFilled = (own: OwnPiece | null) => own?.lines.some((line) => !isBlankLine(line)) ?? false;
  const firstOwn = owns.findIndex(isFilled);
  const lastOwn = owns.findLastIndex(isFilled);
  const isQuote = (piece: Piece) => piece.kind === 'quote' && !piece.rest;
  const answered = body.pieces.slice(0, Math.max(0, lastOwn)).filter(isQuote);
  if (answered.length >= 2) return new Set(answered);
  const cited = body.pieces.filter((piece, i) => isQuote(piece) && isUnsigned(piece) && i < lastOwn && i > firstOwn);
  const above = body.pieces.filter(
    (piece, i) =>
      isQuote(piece) && piece.mark === null && i > firstOwn && firstOwn >= 0 && isOriginal(body.pieces[i + 1]),
  );
  return new Set([...cited, ...above]);
}

/** Nothing says whose words they are, or only the sender does. */
function isUnsigned(piece: Piece): boolean {
  return piece.mark === null || piece.mark.weak;
}

function isOriginal(piece: Piece | undefined): boolean {
  return piece?.kind === 'quote' && piece.mark !== null;
}

function joinPieces(body: ScannedBody, owns: Owns, kept: ReadonlySet<Piece>, wanted: boolean): string {
  const parts = body.pieces.map((piece, at) => {
    const own = owns[at];
    if (own) return wanted ? joinLines(own.lines) : '';
    if (wanted && !kept.has(piece)) return '';
    const split = kept.has(piece) ? behindMark(piece) : piece.to;
    return joinLines(wanted ? body.lines.slice(split, piece.to) : body.lines.slice(piece.from, split));
  });
  return parts.filter(Boolean).join('\n\n');
}

/** A kept quotation loses the line that says who wrote it: the reader sees that above. */
function behindMark(piece: Piece): number {
  return piece.mark?.kind === 'attribution' && !piece.mark.weak
    ? Math.min(piece.to, Math.max(piece.from, piece.mark.end))
    : piece.from;
}

/** Somebody who sends nothing but his name below a delimiter says that, at least; a phone's own line says nothing. */
function isMoreThanAppended(signature: string): boolean {
  return signature.split('\n').some((line) => /\p{L}/u.test(line) && !isAppendedLine(line));
}

/** Somebody who sends nothing but `> words` without saying whose means them. */
function isOnlyCitation(body: ScannedBody): boolean {
  return (
    body.pieces.every((piece) => piece.kind === 'own' || piece.mark === null) &&
    body.pieces.some((piece) => piece.kind === 'quote')
  );
}
