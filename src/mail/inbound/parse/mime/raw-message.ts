import { BeyondLimit, PARSE_LIMITS } from '../limits.ts';

/** One header field: its name in lower case and its unfolded raw value, one character a byte (latin1). */
export interface HeaderField {
  name: string;
  value: string;
}

/** A message whose envelope dirt is removed: what the MIME engine reads, and its header fields in order. */
export interface RawMessage {
  bytes: Buffer;
  fields: HeaderField[];
}

const GARBAGE_LINES = 40;
const MAIL_FIELDS =
  /^(?:from|to|cc|subject|date|message-id|mime-version|content-[a-z-]+|received|return-path|reply-to|sender|in-reply-to|references|delivered-to|list-[a-z]+|x-[a-z0-9-]+)\s*$/i;
const LF = 0x0a;
const CR = 0x0d;

/**
 * Opens raw bytes as a message: byte order mark, blank lines and an mbox `From ` line before the header are dropped,
 * bare CR becomes a line end, a header that runs into its body without a blank line gets one, and bytes without any
 * header are all body. Throws `BeyondLimit` for a header above the limit.
 */
export function openMessage(raw: Buffer): RawMessage {
  const message = dropMboxLine(dropLeadingDirt(withLineFeeds(raw)));
  const { fields, bodyAt, separated } = readHeader(message);
  if (separated && fields.length > 0) return { bytes: message, fields };
  const header = fields.length === 0 ? Buffer.alloc(0) : message.subarray(0, bodyAt);
  const body = fields.length === 0 ? message : message.subarray(bodyAt);
  return { bytes: Buffer.concat([header, Buffer.from('\r\n'), body]), fields };
}

/** Header fields of the block at the start of `bytes`, without any repair; for nested and returned messages. */
export function readHeaderFields(bytes: Buffer): HeaderField[] {
  return readHeader(dropLeadingDirt(bytes)).fields;
}

/** First raw value of a field, or null. */
export function firstField(fields: readonly HeaderField[], name: string): string | null {
  return fields.find((field) => field.name === name)?.value ?? null;
}

/** Old Macs end lines with CR alone: nothing in such a message would ever be a line. */
function withLineFeeds(raw: Buffer): Buffer {
  if (raw.includes(LF) || !raw.includes(CR)) return raw;
  return Buffer.from(raw.toString('latin1').replaceAll('\r', '\r\n'), 'latin1');
}

function dropLeadingDirt(raw: Buffer): Buffer {
  let at = raw[0] === 0xef && raw[1] === 0xbb && raw[2] === 0xbf ? 3 : 0;
  for (;;) {
    const next = lineEnd(raw, at);
    if (next === at || !isBlank(raw, at, next)) return raw.subarray(at);
    at = next;
  }
}

/** `From sender date` or, escaped once too often, `>From sender date`: an mbox separator is no header. */
function dropMboxLine(message: Buffer): Buffer {
  const start = message.toString('latin1', 0, 6);
  if (!start.startsWith('From ') && start !== '>From ') return message;
  return message.subarray(lineEnd(message, 0));
}

function readHeader(message: Buffer): { fields: HeaderField[]; bodyAt: number; separated: boolean } {
  const fields: HeaderField[] = [];
  let open: { name: string; lines: string[] } | null = null;
  const close = () => {
    if (open) fields.push({ name: open.name, value: open.lines.join(' ').trim() });
    open = null;
  };
  let at = 0;
  while (at < message.length) {
    const next = lineEnd(message, at);
    if (next > PARSE_LIMITS.headerBytes) throw new BeyondLimit('header-too-large');
    if (isBlank(message, at, next)) {
      close();
      return { fields, bodyAt: next, separated: true };
    }
    const line = trimmedLine(message, at, next);
    const colon = fieldColon(line);
    if (isContinuation(line)) (open as { lines: string[] } | null)?.lines.push(line.trim());
    else if (colon > 0) {
      close();
      open = { name: line.slice(0, colon).trim().toLowerCase(), lines: [line.slice(colon + 1).trim()] };
    } else if (!headerGoesOn(message, next)) {
      close();
      return { fields, bodyAt: at, separated: false };
    }
    at = next;
  }
  close();
  return { fields, bodyAt: message.length, separated: true };
}

/**
 * A line that is no field is garbage to step over when fields that mail is made of follow before the next blank line
 * (a header folded without indentation); otherwise the body starts there. Looks at a bounded number of lines.
 */
function headerGoesOn(message: Buffer, from: number): boolean {
  let at = from;
  for (let i = 0; i < GARBAGE_LINES && at < message.length; i++) {
    const next = lineEnd(message, at);
    if (isBlank(message, at, next)) return false;
    const line = trimmedLine(message, at, Math.min(next, at + 200));
    const colon = fieldColon(line);
    if (colon > 0 && MAIL_FIELDS.test(line.slice(0, colon))) return true;
    at = next;
  }
  return false;
}

function isContinuation(line: string): boolean {
  return line.startsWith(' ') || line.startsWith('\t');
}

/** Position of the colon behind a field name (RFC 5322 §2.2; white space before the colon is obsolete but seen). */
function fieldColon(line: string): number {
  let i = 0;
  while (i < line.length && line.charCodeAt(i) > 0x20 && line.charCodeAt(i) < 0x7f && line[i] !== ':') i++;
  const end = i;
  while (line[i] === ' ' || line[i] === '\t') i++;
  return end > 0 && line[i] === ':' ? i : -1;
}

function trimmedLine(message: Buffer, from: number, to: number): string {
  let end = to;
  while (end > from && (message[end - 1] === LF || message[end - 1] === CR)) end--;
  return message.toString('latin1', from, end);
}

/** Index behind the line that starts at `from`. */
function lineEnd(message: Buffer, from: number): number {
  const at = message.indexOf(LF, from);
  return at < 0 ? message.length : at + 1;
}

function isBlank(message: Buffer, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const byte = message[i];
    if (byte !== LF && byte !== CR) return false;
  }
  return true;
}
