import { TextDecoder } from 'node:util';
import { decodeUtf7 } from './utf7.ts';

/** Charset labels seen in mail that the WHATWG list does not know, and what they mean. */
const ALIASES: Readonly<Record<string, string>> = {
  'ansi_x3.4-1968': 'us-ascii',
  ansi: 'windows-1252',
  ascii: 'us-ascii',
  cp1250: 'windows-1250',
  cp1251: 'windows-1251',
  cp932: 'shift_jis',
  cp936: 'gbk',
  cp949: 'euc-kr',
  cp950: 'big5',
  cseuckr: 'euc-kr',
  eucjp: 'euc-jp',
  'iso-8859-8-e': 'iso-8859-8',
  'iso-8859-1-windows-3.1-latin-1': 'windows-1252',
  'iso-8859-11': 'windows-874',
  'iso-8859_1': 'iso-8859-1',
  'iso-2022-jp-1': 'iso-2022-jp',
  'iso-2022-jp-2': 'iso-2022-jp',
  'iso-2022-jp-3': 'iso-2022-jp',
  iso88591: 'iso-8859-1',
  'ks_c_5601-1987': 'euc-kr',
  latin: 'iso-8859-1',
  macintosh: 'macintosh',
  'shift-jis': 'shift_jis',
  'tis-620': 'windows-874',
  'unicode-1-1-utf-8': 'utf-8',
  utf: 'utf-8',
  'utf-8-mac': 'utf-8',
  utf8mb4: 'utf-8',
  win1251: 'windows-1251',
  win1252: 'windows-1252',
  'x-gbk': 'gbk',
  'x-mac-roman': 'macintosh',
  'x-windows-949': 'euc-kr',
};
const UTF7 = new Set(['utf-7', 'utf7', 'unicode-1-1-utf-7', 'x-unicode-2-0-utf-7', 'csunicode11utf7']);
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
const decoders = new Map<string, TextDecoder | null>();
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
  const name = canonical(label);
  return !MEANINGLESS.has(name) && (UTF7.has(name) || decoderFor(name) !== null);
}

function decode(bytes: Uint8Array, label: string | null, hint: string | null): string {
  const name = canonical(label);
  if (UTF7.has(name)) return decodeUtf7(Buffer.from(bytes).toString('latin1'));
  const decoder = MEANINGLESS.has(name) ? null : decoderFor(name);
  if (decoder === null) return decodeUnlabelled(bytes, hint);
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
    const hinted = hint !== null && isKnownCharset(hint) ? decoderFor(canonical(hint)) : null;
    if (hinted && hinted.encoding !== 'utf-8') return hinted.decode(bytes);
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

function canonical(label: string | null): string {
  const name = (label ?? '')
    .trim()
    .toLowerCase()
    .replaceAll(/["'\s]/g, '');
  return ALIASES[name] ?? name;
}

function decoderFor(name: string): TextDecoder | null {
  const known = decoders.get(name);
  if (known !== undefined) return known;
  const made = makeDecoder(name);
  // Names come from outside: remember only those that exist, so the map stays small.
  if (made !== null) decoders.set(name, made);
  return made;
}

function makeDecoder(name: string): TextDecoder | null {
  try {
    return new TextDecoder(name);
  } catch {
    return null;
  }
}

function withoutNul(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '') : text;
}
