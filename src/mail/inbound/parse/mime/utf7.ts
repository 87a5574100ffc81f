const SHIFTED = /\+([A-Za-z0-9+/]*)-?/g;

/** Text of UTF-7 (RFC 2152), given as ASCII. Its html goes through the allowlist after decoding, never before. */
export function decodeUtf7(text: string): string {
  return text.replaceAll(SHIFTED, (_, base64: string) => (base64 === '' ? '+' : decodeShifted(base64)));
}

/** Modified base64 of UTF-16BE. */
function decodeShifted(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  const even = bytes.subarray(0, bytes.length & ~1);
  return Buffer.from(even).swap16().toString('utf16le');
}
