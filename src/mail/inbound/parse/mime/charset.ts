import { TextDecoder } from 'node:util';
import iconv from 'iconv-lite';
import { canonicalCharset } from './charset-labels.ts';
import { decodeUtf7 } from './utf7.ts';

/** What decodes bytes: Node where it knows the charset, iconv-lite for those of DOS and other old systems. */
interface Decoder {
  encoding: string;
  decode: (bytes: Uint8Array) => string;
}

const UTF7 = new Set(['utf-7', 'utf7', 'unicode-1-1-utf-7', 'x-unicode-2-0-utf-7', 'csunicode11utf7']);
/** What iconv-lite knows and is no charset of mail. */
const NO_CHARSET = /^(?:base64|hex|binary|utf-?7.*|cesu.*|internal.*|buffer.*|singlebyte.*|_.*)$/;
/** Labels that say nothing about the bytes. */
const MEANINGLESS = new Set([
  '',
  'us-ascii',
  'unknown',
  'unknown-8bit',
  'x-unknown',
  '8bit',
  '7bit',
  'binary',
  'default',
  'x-user-defined',
]);
const SEARCHED_BYTES = 200;
const MAX_DECODERS = 500;
const decoders = new Map<string, Decoder | null>();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Text of the bytes in the named charset. A missing, meaningless or wrong label is repaired: UTF-8 when it fits, then
 * `hint` (the charset of a neighbouring part), then a guess. Never throws; NUL characters are dropped.
 */
export function decodeBytes(bytes: Uint8Array, label: string | null, hint: string | null = null): string {
  return withoutNul(decode(bytes, label, hint));
}

/** Whether the label names a charset that can be decoded and means something. */
export function isKnownCharset(label: string | null): boolean {
  const name = canonicalCharset(label);
  return !MEANINGLESS.has(name) && (UTF7.has(name) || decoderFor(name) !== null);
}

function decode(bytes: Uint8Array, label: string | null, hint: string | null): string {
  const name = canonicalCharset(label);
  if (UTF7.has(name)) return decodeUtf7(Buffer.from(bytes).toString('latin1'));
  const decoder = MEANINGLESS.has(name) ? null : decoderFor(name);
  if (decoder === null) return decodeUnlabelled(bytes, hint);
  if (decoder.encoding.startsWith('utf-16')) return decodeUtf16(bytes, decoder);
  if (decoder.encoding === 'utf-8') return decodeAsUtf8(bytes, hint);
  if (decoder.encoding === 'iso-2022-jp') return decoder.decode(withoutEmptyShifts(bytes));
  const text = decoder.decode(bytes);
  // Broken in its own charset and sound as UTF-8: the label is wrong.
  return text.includes('\ufffd') && isUtf8(bytes) ? decodeUnlabelled(bytes, hint) : text;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    strictUtf8.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** The byte order mark, or where the zeros of plain letters stand, says more about the order than the label. */
function decodeUtf16(bytes: Uint8Array, labelled: Decoder): string {
  const start = bytes.subarray(0, SEARCHED_BYTES);
  const zeros = [0, 0];
  start.forEach((byte, at) => (byte === 0 ? (zeros[at % 2] = (zeros[at % 2] ?? 0) + 1) : 0));
  const [even = 0, odd = 0] = zeros;
  const marked =
    bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : null;
  if (marked === null && even + odd === 0 && isUtf8(bytes)) return decodeUnlabelled(bytes, null);
  const order = marked ?? (even > odd ? 'utf-16be' : odd > even ? 'utf-16le' : labelled.encoding);
  return (decoderFor(order) ?? labelled).decode(bytes);
}

/** Shifting out and in again with nothing between is common at seams, and decoders answer it with an error sign. */
function withoutEmptyShifts(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1');
  // eslint-disable-next-line no-control-regex
  return Buffer.from(text.replaceAll(/\x1b\([BJ](?=\x1b\$[@B])/g, ''), 'latin1');
}

/** Bytes that claim to be UTF-8: mostly broken ones are something else, a few broken ones are damage. */
function decodeAsUtf8(bytes: Uint8Array, hint: string | null): string {
  const text = decoderFor('utf-8')?.decode(bytes) ?? '';
  if (!text.includes('\ufffd')) return text;
  let wrong = 0;
  let beyondAscii = 0;
  for (const char of text) {
    if (char === '\ufffd') wrong++;
    else if (char > '\u007f') beyondAscii++;
  }
  return wrong > beyondAscii ? decodeUnlabelled(bytes, hint) : text;
}

function decodeUnlabelled(bytes: Uint8Array, hint: string | null): string {
  if (hasJisEscape(bytes)) return decoderFor('iso-2022-jp')?.decode(bytes) ?? '';
  try {
    return strictUtf8.decode(bytes);
  } catch {
    const hinted = hint !== null && isKnownCharset(hint) ? decoderFor(canonicalCharset(hint)) : null;
    // UTF-16 has no letters of one byte: it cannot be that of a neighbour that has.
    if (hinted && !hinted.encoding.startsWith('utf-')) return hinted.decode(bytes);
    return decoderFor(guessCharset(bytes))?.decode(bytes) ?? '';
  }
}

/** ESC $ or ESC ( starts a JIS shift and appears in no other text. */
function hasJisEscape(bytes: Uint8Array): boolean {
  const at = bytes.indexOf(0x1b);
  return at >= 0 && (bytes[at + 1] === 0x24 || bytes[at + 1] === 0x28);
}

/** windows-1252 unless nearly all 8-bit bytes form pairs of common Chinese or Japanese characters. */
function guessCharset(bytes: Uint8Array): 'windows-1252' | 'gbk' | 'shift_jis' {
  let high = 0;
  let chinese = 0;
  let kana = 0;
  for (let i = 0; i < bytes.length; i++) {
    const lead = bytes[i] ?? 0;
    if (lead < 0x80) continue;
    high++;
    const trail = bytes[i + 1] ?? 0;
    if (lead >= 0xb0 && lead <= 0xf7 && trail >= 0xa1 && trail <= 0xfe) chinese++;
    else if ((lead === 0x82 || lead === 0x83) && trail >= 0x40 && trail <= 0xf1) kana++;
    else continue;
    i++;
  }
  if (kana >= 2 && kana * 3 >= high) return 'shift_jis';
  if (chinese >= 2 && chinese * 10 >= high * 9) return 'gbk';
  return 'windows-1252';
}

function decoderFor(name: string): Decoder | null {
  const known = decoders.get(name);
  if (known !== undefined) return known;
  // Names come from outside: the map must not grow with them.
  if (decoders.size >= MAX_DECODERS) decoders.clear();
  const made = makeDecoder(name);
  decoders.set(name, made);
  return made;
}

function makeDecoder(name: string): Decoder | null {
  try {
    return new TextDecoder(name);
  } catch {
    if (name === '' || NO_CHARSET.test(name) || !iconv.encodingExists(name)) return null;
    return { encoding: name, decode: (bytes) => iconv.decode(Buffer.from(bytes), name) };
  }
}

function withoutNul(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '') : text;
}
