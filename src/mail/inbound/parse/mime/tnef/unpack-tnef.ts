import { PARSE_LIMITS } from '../../limits.ts';
import type { UnpackedFile } from '../unpacked-file.ts';
import { decodeCodepage } from './codepage.ts';
import { decompressRtf } from './compressed-rtf.ts';
import { PROPERTY, TYPE, type MapiProperties } from './mapi-properties.ts';
import { readTnef, type TnefAttachment, type TnefStream } from './read-tnef.ts';
import { readRtf } from './rtf-text.ts';

/** What `winmail.dat` hid. */
export interface UnpackedTnef {
  files: UnpackedFile[];
  text: string | null;
  html: string | null;
}

/** Messages within messages; deeper ones stay closed. */
const MAX_DEPTH = 5;
/** Before the data of an object stands which interface it has. */
const INTERFACE_ID = 16;

/**
 * Files and body of a TNEF stream (MS-OXTNEF); null when it is none. The body is its html, its text, or its rich text.
 * A message within becomes a file of its own, its files stand beside it.
 */
export function unpackTnef(bytes: Buffer, depth = 1): UnpackedTnef | null {
  const stream = readTnef(bytes);
  if (!stream) return null;
  return {
    files: stream.attachments.flatMap((attachment) => unpackAttachment(attachment, stream, depth)),
    ...readBody(stream),
  };
}

function readBody(stream: TnefStream): Pick<UnpackedTnef, 'text' | 'html'> {
  const { properties, codepage, body } = stream;
  const sent = properties.get(PROPERTY.html);
  const html = sent?.type === TYPE.binary ? decodeCodepage(sent.bytes, internetCodepage(stream)) : null;
  const text = readText(properties, PROPERTY.body, codepage) || (body && readString(body, codepage)) || null;
  if (html ?? text) return { html: html ?? (readText(properties, PROPERTY.html, codepage) || null), text };
  const compressed = properties.get(PROPERTY.compressedRtf);
  const rich = compressed && decompressRtf(compressed.bytes, PARSE_LIMITS.htmlBytes);
  return (rich && readRtf(rich)) || { text: null, html: null };
}

function internetCodepage({ properties, codepage }: TnefStream): number {
  const value = properties.get(PROPERTY.internetCodepage);
  return value && value.bytes.length >= 4 ? value.bytes.readUInt32LE(0) : codepage;
}

function unpackAttachment(attachment: TnefAttachment, stream: TnefStream, depth: number): UnpackedFile[] {
  const { title, data, properties } = attachment;
  const { codepage } = stream;
  const filename =
    readText(properties, PROPERTY.longFilename, codepage) ||
    readText(properties, PROPERTY.filename, codepage) ||
    (title ? readString(title, codepage) : '') ||
    readText(properties, PROPERTY.displayName, codepage);
  const contentId = readText(properties, PROPERTY.contentId, codepage).replaceAll(/[<>\s]/g, '') || null;
  const contentType = readText(properties, PROPERTY.mimeTag, codepage).toLowerCase();
  const object = properties.get(PROPERTY.attachmentData);
  const stored = data !== null && data.length > 0 ? data : (object?.bytes ?? data);
  const bytes = object?.type === TYPE.object ? object.bytes.subarray(INTERFACE_ID) : stored;
  if (bytes === null) return [];
  const message = depth < MAX_DEPTH ? unpackMessage(bytes, filename, depth + 1) : null;
  return (
    message ?? [{ filename, bytes, contentId, ...(/^[\w.+-]+\/[\w.+-]+$/.test(contentType) ? { contentType } : {}) }]
  );
}

/** A message within, written down as people forward one; null when the bytes are none. */
function unpackMessage(bytes: Buffer, filename: string, depth: number): UnpackedFile[] | null {
  const stream = readTnef(bytes);
  const inner = stream && unpackTnef(bytes, depth);
  if (!inner) return null;
  const { properties, codepage } = stream;
  const subject =
    readText(properties, PROPERTY.subject, codepage) || readString(stream.subject ?? '', codepage) || filename;
  const name = readText(properties, PROPERTY.senderName, codepage);
  const address =
    readText(properties, PROPERTY.senderSmtpAddress, codepage) ||
    readText(properties, PROPERTY.senderAddress, codepage);
  const kind = inner.text === null && inner.html !== null ? 'html' : 'plain';
  const eml = [
    `From: ${oneLine(name)} <${oneLine(address)}>`,
    `Subject: ${oneLine(subject)}`,
    'MIME-Version: 1.0',
    `Content-Type: text/${kind}; charset=utf-8`,
    'Content-Transfer-Encoding: 8bit',
    '',
    inner.text ?? inner.html ?? '',
  ].join('\r\n');
  const file = { filename: '', bytes: Buffer.from(eml), contentType: 'message/rfc822' };
  return [file, ...inner.files];
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

/** '' when the property is missing or no string. */
function readText(properties: MapiProperties, id: number, codepage: number): string {
  const value = properties.get(id);
  if (value?.type === TYPE.unicode) return withoutEnd(value.bytes.toString('utf16le'));
  return value?.type === TYPE.string8 ? readString(value.bytes, codepage) : '';
}

function readString(bytes: Buffer | '', codepage: number): string {
  return bytes === '' ? '' : withoutEnd(decodeCodepage(bytes, codepage));
}

/** Strings end with a NUL. */
function withoutEnd(text: string): string {
  const end = text.indexOf('\0');
  return (end < 0 ? text : text.slice(0, end)).trim();
}
