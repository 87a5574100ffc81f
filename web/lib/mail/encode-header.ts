const encoder = new TextEncoder();

/** Bytes as base64. */
export function base64(bytes: Uint8Array): string {
  let binary = '';
  for (let start = 0; start < bytes.length; start += 8192)
    binary += String.fromCharCode(...bytes.subarray(start, start + 8192));
  return btoa(binary);
}

/** Base64 in lines of 76 characters (RFC 2045 §6.8). */
export function base64Lines(bytes: Uint8Array): string {
  return base64(bytes).replace(/.{76}(?=.)/g, '$&\r\n');
}

/** One line without control characters: nobody can smuggle a header in. */
export function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u001f\u007f\u0085\u2028\u2029]+/g, ' ').trim();
}

/** Unstructured text for a header: as it is when it is ASCII, else RFC 2047 encoded words of at most 75 characters, never splitting a character. */
export function headerText(text: string): string {
  const line = oneLine(text);
  if (isPlain(line)) return line;
  const words: string[] = [];
  let part = '';
  for (const char of line) {
    // 36 bytes make 48 characters of base64, plus 12 of "=?UTF-8?B?" and "?=": with the name of the header a line stays below 76.
    if (encoder.encode(part + char).length > 36) {
      words.push(encodedWord(part));
      part = '';
    }
    part += char;
  }
  return [...words, encodedWord(part)].join(' ');
}

const isPlain = (line: string) =>
  /^[\x20-\x7e]*$/.test(line) && !line.includes('=?') && line.split(' ').every((word) => word.length < 900);
const encodedWord = (text: string) => `=?UTF-8?B?${base64(encoder.encode(text))}?=`;

/** A header with its lines folded at spaces near 76 characters (RFC 5322 §2.2.3). */
export function foldHeader(name: string, value: string): string {
  const lines: string[] = [];
  let line = `${name}:`;
  for (const word of value.split(' ')) {
    if (line.length + 1 + word.length > 76 && line !== `${name}:`) {
      lines.push(line);
      line = '';
    }
    line += ` ${word}`;
  }
  return [...lines, line].join('\r\n');
}

/** A parameter of a MIME header: quoted, or RFC 2231 encoded when it is not ASCII. */
export function headerParameter(name: string, value: string): string {
  const line = oneLine(value);
  if (/^[\x20-\x7e]*$/.test(line)) return `${name}="${line.replaceAll(/["\\]/g, '\\$&')}"`;
  const encoded = [...encoder.encode(line)].map((byte) => {
    const char = String.fromCharCode(byte);
    return /[A-Za-z0-9.\-_]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  });
  return `${name}*=UTF-8''${encoded.join('')}`;
}
