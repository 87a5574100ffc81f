import { parseAddresses } from '../mime/addresses.ts';
import type { MimePart } from '../mime/mime-parts.ts';
import { firstField, type HeaderField } from '../mime/raw-message.ts';

/** What the rules of classification look at. All comparison texts are in lower case. */
export interface MailFacts {
  fields: readonly HeaderField[];
  /** Raw values of one header, in lower case. */
  header: (name: string) => string;
  has: (name: string) => boolean;
  subject: string;
  /** Local part of From, or the bare word that stands there. */
  sender: string;
  /** Return-Path is there and empty: the mark of notices nobody may answer (RFC 5321 §4.5.5). */
  nullReturnPath: boolean;
  contentType: string;
  reportType: string;
  text: string;
  root: MimePart;
}

/** Marks of direction: nobody sees them, and no rule has them. */
const DIRECTION = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const REPORTS = /^message\/(?:feedback-report|disposition-notification)$/;

/** Gathers the facts once per message. `text` is the body without quotation marks resolved. */
export function gatherMailFacts(
  fields: readonly HeaderField[],
  root: MimePart,
  subject: string,
  text: string,
): MailFacts {
  const header = (name: string) => (firstField(fields, name) ?? '').toLowerCase().trim();
  const has = (name: string) => fields.some((field) => field.name === name);
  const report = reportOf(root);
  return {
    fields,
    header,
    has,
    subject: subject.toLowerCase().trim(),
    sender: senderWord(firstField(fields, 'from')),
    nullReturnPath: has('return-path') && /^(?:<>|<\s*>)$/.test(header('return-path')),
    contentType: report.contentType,
    reportType: reportType(report),
    text: text.replaceAll('\u00a0', ' ').replaceAll(DIRECTION, ''),
    root,
  };
}

/** The report (RFC 6522) that a list or a scanner put its own multipart around; else the message itself. */
function reportOf(root: MimePart): MimePart {
  let part: MimePart | undefined = root;
  while (part && part.contentType !== 'multipart/report')
    part = part.contentType.startsWith('multipart/') ? part.children[0] : undefined;
  return part ?? root;
}

/** What the report says it is, and when it does not, what is in it. */
function reportType({ params, children }: MimePart): string {
  const named = (params.get('report-type') ?? '').toLowerCase();
  if (named !== '') return named;
  const type = children.find(({ contentType }) => REPORTS.test(contentType))?.contentType ?? '';
  return type.slice(type.indexOf('/') + 1);
}

/** `mailer-daemon` of `Mail Delivery System <MAILER-DAEMON@mx>` and of a bare `MAILER-DAEMON (Mail Delivery System)`. */
function senderWord(from: string | null): string {
  if (from === null) return '';
  const [author] = safeAddresses(from);
  const local = author?.address.split('@')[0] ?? '';
  return (local === '' ? (/^[\s"<]*([^\s"<>@(]+)/.exec(from)?.[1] ?? '') : local).toLowerCase();
}

function safeAddresses(from: string) {
  return parseAddresses(from.slice(0, 2000), null, { left: Number.POSITIVE_INFINITY });
}
