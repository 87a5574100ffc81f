import type { ByteReader } from './byte-reader.ts';

/** Properties of a message or an attachment by their id, MS-OXTNEF §2.1.3.4. */
export type MapiProperties = Map<number, MapiValue>;

/** A single value. `type` is the property type (MS-OXCDATA §2.11.1); numbers stand in `bytes` as they were. */
export interface MapiValue {
  type: number;
  bytes: Buffer;
}

/** What we read of them. */
export const PROPERTY = {
  subject: 0x0037,
  senderName: 0x0c1a,
  senderAddress: 0x0c1f,
  body: 0x1000,
  compressedRtf: 0x1009,
  html: 0x1013,
  displayName: 0x3001,
  attachmentData: 0x3701,
  filename: 0x3704,
  longFilename: 0x3707,
  mimeTag: 0x370e,
  contentId: 0x3712,
  internetCodepage: 0x3fde,
  senderSmtpAddress: 0x5d01,
} as const;

export const TYPE = { object: 0x0d, string8: 0x1e, unicode: 0x1f, binary: 0x102 } as const;
const MULTIPLE = 0x1000;
const NAMED = 0x8000;
const MAX_PROPERTIES = 10_000;
/** Bytes of the fixed types, as they are padded in the stream. */
const SIZES = new Map([
  [0x00, 0],
  [0x01, 0],
  [0x02, 4],
  [0x03, 4],
  [0x04, 4],
  [0x05, 8],
  [0x06, 8],
  [0x07, 8],
  [0x0a, 4],
  [0x0b, 4],
  [0x14, 8],
  [0x40, 8],
  [0x48, 16],
]);
const VARIABLE = new Set<number>(Object.values(TYPE));

/** Reads a property stream. What comes behind something unreadable is left out: a broken stream keeps its beginning. */
export function readMapiProperties(reader: ByteReader): MapiProperties {
  const properties: MapiProperties = new Map();
  try {
    const count = Math.min(reader.u32(), MAX_PROPERTIES);
    for (let i = 0; i < count; i++) {
      const { id, value } = readProperty(reader);
      if (value && !properties.has(id)) properties.set(id, value);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return properties;
}

function readProperty(reader: ByteReader): { id: number; value: MapiValue | null } {
  const tag = reader.u16();
  const id = reader.u16();
  if (id >= NAMED) skipName(reader);
  const type = tag & ~MULTIPLE;
  const isVariable = VARIABLE.has(type);
  // A fixed type has a count only when it is multiple, a variable one always.
  const count = isVariable || tag & MULTIPLE ? reader.u32() : 1;
  let value: MapiValue | null = null;
  for (let i = 0; i < count; i++) {
    const bytes = isVariable ? readVariable(reader) : reader.take(sizeOf(type));
    value ??= { type, bytes };
    if (bytes.length === 0 && !isVariable) break;
  }
  return { id, value: id >= NAMED ? null : value };
}

function sizeOf(type: number): number {
  const size = SIZES.get(type);
  if (size === undefined) throw new RangeError(`unknown property type ${type}`);
  return size;
}

function readVariable(reader: ByteReader): Buffer {
  const bytes = reader.take(reader.u32());
  reader.skip(Math.min(reader.left, (4 - (bytes.length % 4)) % 4));
  return bytes;
}

/** A GUID, and a number or a name. */
function skipName(reader: ByteReader): void {
  reader.skip(16);
  if (reader.u32() === 0) reader.skip(4);
  else readVariable(reader);
}
