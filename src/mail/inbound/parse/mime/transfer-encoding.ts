import { unpackUuencoded } from './uuencode.ts';

/** Bytes of a part and, when its encoding carries one, the name of the file. */
export interface Decoded {
  bytes: Buffer;
  filename: string;
}

const UUENCODE = new Set(['x-uuencode', 'uuencode', 'x-uue', 'uue', 'x-uu']);

/**
 * Undoes a transfer encoding that the engine did not know, because its name was written in quotes, with a semicolon or
 * in another way, or because it is uuencode. Bytes of any other encoding are what they are.
 */
export function decodeTransfer(encoding: string, bytes: Buffer): Decoded {
  if (encoding === 'base64') return { bytes: Buffer.from(bytes.toString('latin1'), 'base64'), filename: '' };
  if (encoding === 'quoted-printable') return { bytes: decodeQuotedPrintable(bytes), filename: '' };
  if (!UUENCODE.has(encoding)) return { bytes, filename: '' };
  const [file] = unpackUuencoded(bytes.toString('latin1').replaceAll('\r\n', '\n')).files;
  return file ?? { bytes, filename: '' };
}

/** RFC 2045 §6.7; what is no escape stays. */
function decodeQuotedPrintable(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1').replaceAll(/=[ \t]{0,100}\r?\n/g, '');
  const plain = text.replaceAll(/=([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(plain, 'latin1');
}
