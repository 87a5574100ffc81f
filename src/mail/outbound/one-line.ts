/** A header is one line: line ends and other control characters would start a second one (T17). */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\s]+/gu, ' ').trim();
}
