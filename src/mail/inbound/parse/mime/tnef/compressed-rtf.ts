import { ByteReader } from './byte-reader.ts';

const COMPRESSED = 0x75465a4c;
const PLAIN = 0x414c454d;
/** What the dictionary begins with, MS-OXRTFCP §2.1.2.1. */
const PRELOADED = Buffer.from(
  '{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor ' +
    'MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx',
  'latin1',
);
const DICTIONARY = 4096;
/** Bytes that one byte of input can become. */
const MOST_GAIN = 9;

/**
 * The rich text of compressed RTF (MS-OXRTFCP, "LZFu"); null when it is none or would be larger than `limit` bytes. A
 * stream that breaks off gives what came before. The work is linear in the input.
 */
export function decompressRtf(bytes: Buffer, limit: number): Buffer | null {
  if (bytes.length < 16) return null;
  const reader = new ByteReader(bytes);
  reader.skip(4);
  const rawSize = reader.u32();
  const type = reader.u32();
  reader.skip(4);
  if (rawSize > limit) return null;
  if (type === PLAIN) return reader.take(Math.min(rawSize, reader.left));
  return type === COMPRESSED ? decompress(reader, Math.min(rawSize, reader.left * MOST_GAIN)) : null;
}

function decompress(reader: ByteReader, rawSize: number): Buffer {
  const dictionary = Buffer.alloc(DICTIONARY);
  let write = PRELOADED.copy(dictionary);
  const out = Buffer.alloc(rawSize);
  let length = 0;
  const put = (byte: number) => {
    dictionary[write] = byte;
    write = (write + 1) % DICTIONARY;
    if (length < rawSize) out[length++] = byte;
  };
  while (reader.left > 0 && length < rawSize) {
    const control = reader.u8();
    for (let bit = 0; bit < 8 && reader.left > 0 && length < rawSize; bit++) {
      if (((control >> bit) & 1) === 0) {
        put(reader.u8());
        continue;
      }
      if (reader.left < 2) return out.subarray(0, length);
      const reference = (reader.u8() << 8) | reader.u8();
      const from = reference >> 4;
      // A reference to where the next byte will be written ends the stream.
      if (from === write) return out.subarray(0, length);
      for (let i = 0; i < (reference & 15) + 2; i++) put(dictionary[(from + i) % DICTIONARY] ?? 0);
    }
  }
  return out.subarray(0, length);
}
