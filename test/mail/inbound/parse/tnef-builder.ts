/** Writes TNEF streams (MS-OXTNEF) for tests: every byte is made here. */
export interface TnefProperty {
  id: number;
  /** 0x1e bytes, 0x1f UTF-16, 0x102 binary, 0x0d object, 3 a number; with 0x1000 several values. */
  type: number;
  values: readonly (string | number | Buffer)[];
  /** Makes it a named property, by number or by name. */
  name?: number | string;
}
export interface TnefFile {
  title?: string;
  data?: Buffer;
  properties?: readonly TnefProperty[];
  /** The data comes before the name, as some writers have it. */
  dataFirst?: boolean;
  /** The attribute that begins an attachment is left out. */
  bare?: boolean;
}
export interface TnefContent {
  body?: string;
  codepage?: number;
  properties?: readonly TnefProperty[];
  files?: readonly TnefFile[];
}

const u16 = (value: number) => Buffer.from(Uint16Array.of(value).buffer);
const u32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer);

export const text = (id: number, value: string): TnefProperty => ({ id, type: 0x1f, values: [value] });
export const binary = (id: number, value: Buffer): TnefProperty => ({ id, type: 0x102, values: [value] });
export const number = (id: number, value: number): TnefProperty => ({ id, type: 3, values: [value] });

/** A whole stream: signature, code page, body, properties, attachments. */
export function tnef({ body, codepage = 1252, properties = [], files = [] }: TnefContent): Buffer {
  return Buffer.concat([
    u32(0x223e9f78),
    u16(1),
    attribute(1, 0x00089006, u32(0x10000)),
    attribute(1, 0x00069007, Buffer.concat([u32(codepage), u32(0)])),
    ...(body === undefined ? [] : [attribute(1, 0x0002800c, Buffer.from(`${body}\0`, 'latin1'))]),
    ...(properties.length === 0 ? [] : [attribute(1, 0x00069003, propertyStream(properties))]),
    ...files.flatMap(writeFile),
  ]);
}

function writeFile({ title, data, properties = [], dataFirst = false, bare = false }: TnefFile): Buffer[] {
  const name = title === undefined ? [] : [attribute(2, 0x00018010, Buffer.from(`${title}\0`, 'latin1'))];
  const content = data === undefined ? [] : [attribute(2, 0x0006800f, data)];
  return [
    ...(bare ? [] : [attribute(2, 0x00069002, Buffer.alloc(14))]),
    ...(dataFirst ? [...content, ...name] : [...name, ...content]),
    ...(properties.length === 0 ? [] : [attribute(2, 0x00069005, propertyStream(properties))]),
  ];
}

function attribute(level: number, id: number, data: Buffer): Buffer {
  const sum = data.reduce((total, byte) => (total + byte) & 0xffff, 0);
  return Buffer.concat([Buffer.of(level), u32(id), u32(data.length), data, u16(sum)]);
}

export function propertyStream(properties: readonly TnefProperty[]): Buffer {
  return Buffer.concat([u32(properties.length), ...properties.map(writeProperty)]);
}

function writeProperty({ id, type, values, name }: TnefProperty): Buffer {
  const single = type & ~0x1000;
  const variable = [0x0d, 0x1e, 0x1f, 0x102].includes(single);
  const counted = variable || single !== type;
  return Buffer.concat([
    u16(type),
    u16(name === undefined ? id : 0x8000 | id),
    ...(name === undefined ? [] : [Buffer.alloc(16), writeName(name)]),
    ...(counted ? [u32(values.length)] : []),
    ...values.map((value) => (variable ? writeVariable(single, value) : u32(Number(value)))),
  ]);
}

function writeName(name: number | string): Buffer {
  if (typeof name === 'number') return Buffer.concat([u32(0), u32(name)]);
  return Buffer.concat([u32(1), writeVariable(0x1f, name)]);
}

function writeVariable(type: number, value: string | number | Buffer): Buffer {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(`${value}\0`, type === 0x1f ? 'utf16le' : 'latin1');
  return Buffer.concat([u32(bytes.length), bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

const DICTIONARY =
  '{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx';

/** Compresses as Outlook does (MS-OXRTFCP): references into a ring of 4,096 bytes, and a reference to itself at the end. */
export function compressRtf(rtf: string): Buffer {
  const ring = Buffer.alloc(4096);
  let write = Buffer.from(DICTIONARY, 'latin1').copy(ring);
  const source = Buffer.from(rtf, 'latin1');
  const tokens: Buffer[] = [];
  for (let at = 0; at < source.length;) {
    const { from, length } = longestMatch(ring, write, source.subarray(at, at + 17));
    const step = length < 2 ? 1 : length;
    tokens.push(length < 2 ? source.subarray(at, at + 1) : reference(from, length));
    for (let i = 0; i < step; i++) {
      ring[write] = source[at + i] ?? 0;
      write = (write + 1) % 4096;
    }
    at += step;
  }
  tokens.push(reference(write, 2));
  const runs: Buffer[] = [];
  for (let i = 0; i < tokens.length; i += 8) {
    const run = tokens.slice(i, i + 8);
    runs.push(Buffer.of(run.reduce((bits, token, bit) => bits | (token.length === 2 ? 1 << bit : 0), 0)), ...run);
  }
  const packed = Buffer.concat(runs);
  return Buffer.concat([u32(packed.length + 12), u32(source.length), Buffer.from('LZFu'), u32(0), packed]);
}

function reference(from: number, length: number): Buffer {
  return Buffer.of(from >> 4, ((from & 15) << 4) | (length - 2));
}

/** Only bytes that stand in the ring already: nothing overlaps the place that is written. */
function longestMatch(ring: Buffer, write: number, wanted: Buffer): { from: number; length: number } {
  for (let length = wanted.length; length >= 2; length--) {
    const from = ring.indexOf(wanted.subarray(0, length));
    if (from >= 0 && (from + length <= write || from > write)) return { from, length };
  }
  return { from: 0, length: 0 };
}
