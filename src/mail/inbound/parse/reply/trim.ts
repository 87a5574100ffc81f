/** Text without the given characters at its end. A loop: the regular expression for it tries every run in the text. */
export function trimEndChars(text: string, chars: string): string {
  let end = text.length;
  while (end > 0 && chars.includes(text[end - 1] ?? '\0')) end--;
  return text.slice(0, end);
}

/** Text without the given characters at both ends. */
export function trimChars(text: string, chars: string): string {
  let start = 0;
  while (start < text.length && chars.includes(text[start] ?? '\0')) start++;
  return trimEndChars(text.slice(start), chars);
}
