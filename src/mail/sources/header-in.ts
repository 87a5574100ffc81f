/** The header of a message (RFC 5322 §2.1): what stands before the first blank line, and that line. */
export function headerIn(beginning: Buffer): Buffer {
  for (const blank of ['\r\n\r\n', '\n\n']) {
    const at = beginning.indexOf(blank);
    if (at >= 0) return beginning.subarray(0, at + blank.length);
  }
  return beginning;
}
