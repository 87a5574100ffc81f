import { decodeBytes } from './charset.ts';

/** One RFC 2047 encoded word: charset, encoding and its bytes. */
interface EncodedWord {
  charset: string;
  bytes: Buffer;
  end: number;
}

/**
 * Decoded text of an unstructured header value (RFC 2047), given as latin1 bytes, on one line. Words that split a
 * multibyte character are joined first; raw 8-bit bytes are read as UTF-8, then as `hint`, then by a guess.
 */
export function decodeHeaderText(value: string, hint: string | null = null): string {
  if (!value.includes('=?')) return oneLine(decodeRaw(value, hint));
  let out = '';
  let pending: { charset: string; bytes: Buffer[] } | null = null;
  const flush = () => {
    if (pending) out += decodeBytes(Buffer.concat(pending.bytes), pending.charset, hint);
    pending = null;
  };
  let from = 0;
  const lastEnd = value.lastIndexOf('?=');
  for (;;) {
    const at = value.indexOf('=?', from);
    const gap = value.slice(from, at < 0 ? undefined : at);
    // Looking for an end that is not there, from every start, would be quadratic.
    const word = at < 0 || at > lastEnd ? null : readEncodedWord(value, at);
    // White space between two encoded words is not text (RFC 2047 §6.2).
    if (!(word && pending && gap.trim() === '')) {
      flush();
      out += decodeRaw(gap, hint);
    }
    if (at < 0) break;
    if (!word) {
      flush();
      out += '=?';
      from = at + 2;
      continue;
    }
    if (pending && (pending as { charset: string }).charset !== word.charset) flush();
    pending ??= { charset: word.charset, bytes: [] };
    (pending as { bytes: Buffer[] }).bytes.push(word.bytes);
    from = word.end;
  }
  flush();
  return oneLine(out);
}

/** Lower-cased, so that neighbouring words of one charset are recognised; RFC 2231 §5 language is dropped. */
function readEncodedWord(value: string, at: number): EncodedWord | null {
  const first = value.indexOf('?', at + 2);
  if (first < 0 || first - at > 60) return null;
  const encoding = value.slice(first + 1, first + 2).toLowerCase();
  if (value[first + 2] !== '?' || (encoding !== 'q' && encoding !== 'b')) return null;
  const charset = (value.slice(at + 2, first).split('*')[0] ?? '').trim().toLowerCase();
  if (charset === '' || /\s/.test(charset)) return null;
  const end = value.indexOf('?=', first + 3);
  if (end < 0) return null;
  const text = value.slice(first + 3, end);
  return { charset, bytes: encoding === 'b' ? decodeB(text) : decodeQ(text), end: end + 2 };
}

function decodeB(text: string): Buffer {
  return Buffer.from(text, 'base64');
}

/** The Q encoding, RFC 2047 §4.2: `_` is a space, `=XX` a byte. */
function decodeQ(text: string): Buffer {
  const bytes = Buffer.alloc(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? '';
    const hex = char === '=' ? text.slice(i + 1, i + 3) : '';
    if (/^[0-9a-fA-F]{2}$/.test(hex)) {
      bytes[length++] = parseInt(hex, 16);
      i += 2;
    } else bytes[length++] = char === '_' ? 0x20 : char.charCodeAt(0);
  }
  return bytes.subarray(0, length);
}

function decodeRaw(text: string, hint: string | null): string {
  // eslint-disable-next-line no-control-regex
  if (/^[\x00-\x7f]*$/.test(text) && !text.includes('\x1b')) return text.replaceAll('\0', '');
  return decodeBytes(Buffer.from(text, 'latin1'), null, hint);
}

/** A decoded value may hold line breaks that its sender encoded: they must never reach a header again. Nor is any control said. */
function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex
  if (!/[\x00-\x1f\x7f-\x9f\u2028\u2029]/.test(text)) return text;
  return text.replaceAll(/[\r\n\u2028\u2029]+[ \t]*|\t/g, ' ').replaceAll(/\p{Cc}/gu, '');
}
