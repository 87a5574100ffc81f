import { unpackUuencoded } from './uuencode.ts';

/** Bytes of a part and, when its encoding carries one, the name of the file. */
export interface Decoded {
  bytes: Buffer;
  filename: string;
}

const EQUALS = 0x3d;
const MOST_BLANKS = 998;
/** Value of each hexadecimal digit by its character code, -1 for any other. */
const HEX = Int8Array.from({ length: 256 }, (_, code) =>
  '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase()),
);
const UUENCODE = new Set(['x-uuencode', 'uuencode', 'x-uue', 'uue', 'x-uu']);

/** Undoes a transfer encoding (RFC 2045 §6, and uuencode). Bytes of any other encoding are what they are. */
export function decodeTransfer(encoding: string, bytes: Buffer): Decoded {
  if (encoding === 'base64') return { bytes: decodeBase64(bytes), filename: '' };
  if (encoding === 'quoted-printable') return { bytes: decodeQuotedPrintable(bytes), filename: '' };
  if (!UUENCODE.has(encoding)) return { bytes, filename: '' };
  const [file] = unpackUuencoded(bytes.toString('latin1').replaceAll('\r\n', '\n')).files;
  return file ?? { bytes, filename: '' };
}

/**
 * RFC 2045 §6.8. Some writers pad every line, so what follows a padding goes on while it is base64; a line of words
 * that a list put below ends it.
 */
function decodeBase64(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  const padding = text.indexOf('=');
  if (padding < 0 || /^[=\s]*$/.test(text.slice(padding))) return Buffer.from(text, 'base64');
  const pieces: Buffer[] = [];
  let open = '';
  for (const line of text.split('\n')) {
    if (pieces.length > 0 && !/^[A-Za-z0-9+/=]*\s*$/.test(line)) break;
    const [first = '', ...rest] = line.split(/=+/);
    open += first;
    for (const piece of rest) {
      if (open.trim() !== '') pieces.push(Buffer.from(open, 'base64'));
      open = piece;
    }
  }
  return Buffer.concat([...pieces, Buffer.from(open, 'base64')]);
}

/** RFC 2045 §6.7; what is no escape stays. */
function decodeQuotedPrintable(bytes: Buffer): Buffer {
  const out = Buffer.alloc(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    const code = byte === EQUALS ? hexByte(bytes, at + 1) : null;
    const end = byte === EQUALS && code === null ? softBreakEnd(bytes, at + 1) : null;
    if (end === null) out[length++] = code ?? byte;
    at = end ?? (code === null ? at : at + 2);
  }
  return out.subarray(0, length);
}

function hexByte(bytes: Buffer, at: number): number | null {
  const high = HEX[bytes[at] ?? 0] ?? -1;
  const low = HEX[bytes[at + 1] ?? 0] ?? -1;
  return high < 0 || low < 0 ? null : high * 16 + low;
}

/** Index of the line feed of a line end that is none, behind at most so many blanks as a line may have. */
function softBreakEnd(bytes: Buffer, from: number): number | null {
  let at = from;
  while (at - from < MOST_BLANKS && (bytes[at] === 0x20 || bytes[at] === 0x09)) at++;
  if (bytes[at] === 0x0d) at++;
  return bytes[at] === 0x0a ? at : null;
}
