import type { BlobStore } from '../../../files/blob-store.ts';
import type { InboundMail, MailAttachment, ParseResult, SenderAuthentication } from '../inbound-mail.ts';
import { classifyMessage, noticeText } from './classify/classify-message.ts';
import { gatherMailFacts } from './classify/facts.ts';
import { contentHash } from './content-hash.ts';
import { BeyondLimit, PARSE_LIMITS, parseFailure } from './limits.ts';
import { addressBudget } from './mime/addresses.ts';
import { readBody, type MessageBody } from './mime/body.ts';
import { readCalendar } from './mime/calendar.ts';
import { parseDate } from './mime/date.ts';
import { findCharset } from './mime/decode-part.ts';
import { decodeHeaderText } from './mime/header-words.ts';
import { parseMessageId, parseMessageIds, threadReferences } from './mime/message-ids.ts';
import type { MimePart } from './mime/mime-parts.ts';
import { partName } from './mime/part-name.ts';
import { readProtection } from './mime/protection.ts';
import { readMime } from './mime/read-mime.ts';
import { firstField, openMessage, type HeaderField } from './mime/raw-message.ts';
import { readAddresses, readAuthor } from './mime/senders.ts';
import { textHtml } from './mime/text-html.ts';
import { extractFromLines, extractReply, type ExtractedReply, type ReplyContext } from './reply/extract-reply.ts';
import { hintsAtQuotation } from './reply/html-containers.ts';
import { htmlLines } from './reply/html-lines.ts';
import { safeHtml } from './safe-html.ts';

/** What parsing needs from outside. Without `authenticate` the sender is not checked. */
export interface ParseDeps {
  blobs: Pick<BlobStore, 'put'>;
  authenticate?: (raw: Buffer) => Promise<SenderAuthentication>;
  /** Told when only storing and authenticating are left. */
  bytesRead?: () => void;
}

/** Everything read from the bytes, before anything is stored. */
interface ReadMessage {
  mail: Omit<InboundMail, 'attachments' | 'authentication' | 'contentHash'>;
  files: readonly MimePart[];
}

const SKIPPED: SenderAuthentication = {
  dmarc: 'skipped',
  policy: null,
  domain: null,
  dkim: 'skipped',
  spf: 'skipped',
  detail: 'not asked for',
};
const MAX_HEADERS = 500;
const PUTS_AT_ONCE = 16;

/**
 * Raw bytes as an `InboundMail`; attachments go to the blob store. Any bytes have an outcome: what is beyond the limits
 * or cannot be parsed is a `ParseFailure`. Only a failing blob store throws: that is no fault of the message.
 */
export async function parseMessage(raw: Buffer, deps: ParseDeps): Promise<ParseResult> {
  const read = await readMessage(raw);
  deps.bytesRead?.();
  if ('failure' in read) return { ok: false, failure: read.failure };
  const [authentication, attachments] = await Promise.all([
    deps.authenticate?.(raw) ?? SKIPPED,
    storeFiles(read.files, deps.blobs),
  ]);
  const { mail } = read;
  const hash = contentHash({
    from: mail.from.address,
    date: mail.date ?? '',
    subject: mail.subject,
    text: mail.text,
    html: mail.html ?? '',
    attachments: attachments.map(({ sha256 }) => sha256),
  });
  return { ok: true, mail: { ...mail, attachments, authentication, contentHash: hash } };
}

async function readMessage(raw: Buffer): Promise<ReadMessage | { failure: ReturnType<typeof parseFailure> }> {
  try {
    if (raw.length > PARSE_LIMITS.rawBytes) throw new BeyondLimit('too-large');
    const message = openMessage(raw);
    return describe(message.fields, await readMime(message));
  } catch (error) {
    if (error instanceof BeyondLimit) return { failure: parseFailure(error.code, error.message) };
    return { failure: parseFailure('unparsable', error instanceof Error ? error.message : String(error)) };
  }
}

function describe(fields: readonly HeaderField[], root: MimePart): ReadMessage {
  const hint = findCharset(root);
  const budget = addressBudget();
  const body = readBody(root, hint);
  const subject = decodeHeaderText(firstField(fields, 'subject') ?? '', hint).trim();
  const inReplyTo = joined(fields, 'in-reply-to');
  const references = threadReferences(inReplyTo, joined(fields, 'references'));
  const extracted = newWords(body, { subject, isReply: references.length > 0 });
  const mail: ReadMessage['mail'] = {
    messageId: parseMessageId(firstField(fields, 'message-id')),
    inReplyTo: parseMessageIds(inReplyTo)[0] ?? null,
    references,
    ...readAuthor(fields, hint, budget),
    sender: readAddresses(fields, 'sender', hint, budget)[0] ?? null,
    replyTo: readAddresses(fields, 'reply-to', hint, budget),
    to: readAddresses(fields, 'to', hint, budget),
    cc: readAddresses(fields, 'cc', hint, budget),
    subject,
    date: parseDate(firstField(fields, 'date')),
    received: parseDate(behindLastSemicolon(firstField(fields, 'received'))),
    text: body.text,
    html: body.html,
    safeHtml: toSafeHtml(body),
    ...extracted,
    class: classifyMessage(gatherMailFacts(fields, root, subject, body.text || noticeText(root))),
    protection: readProtection(root, body.text),
    calendar: readCalendar(root),
    receivedCount: fields.filter(({ name }) => name === 'received').length,
    headers: fields.slice(0, MAX_HEADERS).map(({ name, value }) => [name, value] as const),
  };
  return { mail, files: body.attachments };
}

function toSafeHtml({ shown, text }: MessageBody): string | null {
  if (shown !== null) return safeHtml(shown);
  return text === '' ? null : textHtml(text);
}

/** From the text when there is one; from the html when only its structure shows what is quoted. */
function newWords({ hasText, text, shown: html, rendered }: MessageBody, context: ReplyContext): ExtractedReply {
  if (html === null) return extractReply(text, context);
  const fromText = hasText ? extractReply(text, context) : null;
  if (fromText && (fromText.quoted !== '' || fromText.forward || !hintsAtQuotation(html))) return fromText;
  const fromHtml = extractFromLines(rendered ?? htmlLines(html), context);
  return fromText === null || (fromHtml.quoted !== '' && fromHtml.reply !== '') ? fromHtml : fromText;
}

async function storeFiles(files: readonly MimePart[], blobs: ParseDeps['blobs']): Promise<MailAttachment[]> {
  const stored: MailAttachment[] = [];
  for (let at = 0; at < files.length; at += PUTS_AT_ONCE) {
    stored.push(...(await Promise.all(files.slice(at, at + PUTS_AT_ONCE).map((file) => storeFile(file, blobs)))));
  }
  return stored;
}

async function storeFile(part: MimePart, blobs: ParseDeps['blobs']): Promise<MailAttachment> {
  const { sha256, size } = await blobs.put(part.bytes);
  return {
    filename: partName(part),
    contentType: part.contentType,
    size,
    sha256,
    contentId: part.contentId,
    inline: part.disposition === 'inline' || (part.disposition === '' && part.contentId !== null),
  };
}

/** Where the date of a Received header stands. */
function behindLastSemicolon(value: string | null): string | null {
  return value === null ? null : value.slice(value.lastIndexOf(';') + 1);
}

function joined(fields: readonly HeaderField[], name: string): string | null {
  const values = fields.filter((field) => field.name === name).map(({ value }) => value);
  return values.length === 0 ? null : values.join(' ');
}
