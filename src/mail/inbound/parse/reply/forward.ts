import type { ForwardedMail, MailAddress } from '../../inbound-mail.ts';
import { parseWrittenAddress } from '../mime/addresses.ts';
import { isBlankLine, joinLines, type Line } from './lines.ts';
import type { Mark } from './marks.ts';
import type { Piece, ScannedBody } from './scan-body.ts';

interface ForwardContext {
  subject: string;
  isReply: boolean;
  kind: 'forward' | 'reply' | null;
}

/**
 * The message that was forwarded, or null. A forward mark of a mail client always means one; `Original message` and
 * a bare header block mean one when the subject says so, or when nothing says that the mail is a reply; an
 * attribution only when the subject says so. A forward below an older quotation is that quotation's.
 */
export function readForward(body: ScannedBody, context: ForwardContext): ForwardedMail | null {
  const piece = body.pieces.find((entry) => entry.kind === 'quote');
  if (!piece) return null;
  const mark = piece.mark;
  if (!mark || !isForward(mark, context)) return null;
  return {
    subject: forwardedSubject(mark, context),
    from: author(mark),
    date: mark.fields.get('date') ?? attributedDate(mark.text),
    text: forwardedText(body, piece, mark),
  };
}

function isForward(mark: Mark, { kind, isReply }: ForwardContext): boolean {
  if (mark.kind === 'forward') return true;
  if (mark.kind === 'original' || mark.kind === 'header') return kind === 'forward' || (kind === null && !isReply);
  return mark.kind === 'attribution' && kind === 'forward';
}

function forwardedSubject(mark: Mark, { subject }: ForwardContext): string {
  return mark.fields.get('subject') ?? subject.replace(/^\s*\S{1,14}\s*[:：]\s*/, '');
}

function author(mark: Mark): MailAddress {
  const written = mark.fields.get('from');
  if (written !== undefined) return parseWrittenAddress(beforeBehalf(written));
  return mark.text === '' ? { address: '', name: '' } : parseWrittenAddress(attributedAuthor(mark.text));
}

/** `Anna <anna@a> on behalf of the team <team@a>`: the first is who sent it. */
function beforeBehalf(text: string): string {
  return text.split(/ on behalf of | im auftrag von | de la part de /i)[0] ?? text;
}

/** The words around the address: behind the last digit of the date or verb, up to the address. */
function attributedAuthor(text: string): string {
  const at = text.indexOf('@');
  const address = /[^\s<>("']+@[^\s<>)"':]+/.exec(text.slice(Math.max(0, at - 100)))?.[0] ?? '';
  const before = text.slice(0, Math.max(0, text.indexOf(address))).replace(/[<(\s]+$/, '');
  const quoted = /"([^"]{1,100})"$/.exec(before)?.[1];
  const name = quoted ?? /[^\d:,]*$/.exec(before)?.[0].trim() ?? '';
  return address === '' ? '' : `${name} <${address}>`;
}

/** From the first digit to the last before the author's address: the day and the time, in whatever language. */
function attributedDate(text: string): string {
  const at = text.indexOf('@');
  const end = Math.max(0, text.lastIndexOf(' ', at), text.lastIndexOf('<', at));
  return /\d.*\d/.exec(text.slice(0, end))?.[0] ?? '';
}

/** All behind the header, to the end of the body, its own quotation depth taken off. */
function forwardedText(body: ScannedBody, piece: Piece, mark: Mark): string {
  const lines = body.lines.slice(Math.max(mark.end, piece.from)).filter((_, i, all) => i > 0 || !isBlankLine(all[0]));
  const base = lines.find((line: Line) => !isBlankLine(line))?.depth ?? 0;
  return joinLines(lines, base);
}
