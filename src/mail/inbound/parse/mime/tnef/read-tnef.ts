import { ByteReader } from './byte-reader.ts';
import { readMapiProperties, type MapiProperties } from './mapi-properties.ts';

/** A file inside a TNEF stream, as it stands there. */
export interface TnefAttachment {
  /** From the old attributes; bytes in the OEM code page. */
  title: Buffer | null;
  data: Buffer | null;
  properties: MapiProperties;
}

/** What a TNEF stream holds (MS-OXTNEF), `winmail.dat` by its usual name. */
export interface TnefStream {
  codepage: number;
  /** The old text attribute, in the OEM code page. */
  body: Buffer | null;
  subject: Buffer | null;
  properties: MapiProperties;
  attachments: TnefAttachment[];
}

const SIGNATURE = 0x223e9f78;
const MAX_ATTACHMENTS = 500;
/** Ids of attributes without their type, which writers do not agree on. */
const ATTRIBUTE = {
  subject: 0x8004,
  body: 0x800c,
  attachData: 0x800f,
  attachTitle: 0x8010,
  attachTransportFilename: 0x9001,
  attachRendData: 0x9002,
  messageProperties: 0x9003,
  attachment: 0x9005,
  oemCodepage: 0x9007,
} as const;
const HEADER_BYTES = 9;

/**
 * Reads a TNEF stream in one pass; null when it is none. Attributes behind something unreadable are left out. Checksums
 * are not looked at: what can be read is worth more to a reader than what cannot.
 */
export function readTnef(bytes: Buffer): TnefStream | null {
  if (bytes.length < 6 || bytes.readUInt32LE(0) !== SIGNATURE) return null;
  const stream: TnefStream = { codepage: 1252, body: null, subject: null, properties: new Map(), attachments: [] };
  const reader = new ByteReader(bytes);
  reader.skip(6);
  while (reader.left >= HEADER_BYTES) {
    const level = reader.u8();
    const id = reader.u32() & 0xffff;
    const data = reader.take(Math.min(reader.u32(), reader.left));
    reader.skip(Math.min(reader.left, 2));
    if (level === 1) readMessageAttribute(stream, id, data);
    else if (level === 2) readAttachmentAttribute(stream, id, data);
    else break;
  }
  return stream;
}

function readMessageAttribute(stream: TnefStream, id: number, data: Buffer): void {
  if (id === ATTRIBUTE.oemCodepage && data.length >= 4) stream.codepage = data.readUInt32LE(0);
  else if (id === ATTRIBUTE.body) stream.body = data;
  else if (id === ATTRIBUTE.subject) stream.subject = data;
  else if (id === ATTRIBUTE.messageProperties) stream.properties = readMapiProperties(new ByteReader(data));
}

/**
 * Each rendering attribute begins an attachment; what follows belongs to it, in whatever order. Writers that leave it out
 * are understood: what an attachment has already is the next one's.
 */
function readAttachmentAttribute({ attachments }: TnefStream, id: number, data: Buffer): void {
  if ((id === ATTRIBUTE.attachRendData || isOfNext(attachments.at(-1), id)) && attachments.length < MAX_ATTACHMENTS)
    attachments.push({ title: null, data: null, properties: new Map() });
  const current = attachments.at(-1);
  if (!current) return;
  if (id === ATTRIBUTE.attachTitle) current.title = data;
  else if (id === ATTRIBUTE.attachTransportFilename) current.title ??= data;
  else if (id === ATTRIBUTE.attachData) current.data = data;
  else if (id === ATTRIBUTE.attachment) current.properties = readMapiProperties(new ByteReader(data));
}

function isOfNext(current: TnefAttachment | undefined, id: number): boolean {
  if (id === ATTRIBUTE.attachData) return !current || current.data !== null;
  return id === ATTRIBUTE.attachment && (!current || current.properties.size > 0);
}
