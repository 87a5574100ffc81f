const MAX_IDS = 100;
const MAX_ID_LENGTH = 998;

/**
 * Message-IDs of a header value (RFC 5322 §3.6.4) in order, with angle brackets. Words without brackets count only
 * when they hold an `@`; white space inside brackets, left by folding, is removed.
 */
export function parseMessageIds(value: string | null): string[] {
  if (value === null) return [];
  const ids: string[] = [];
  let at = 0;
  while (at < value.length && ids.length < MAX_IDS * 2) {
    const open = value.indexOf('<', at);
    const outside = value.slice(at, open < 0 ? undefined : open);
    for (const word of outside.split(/[\s,;]+/)) if (word.includes('@')) add(ids, word);
    if (open < 0) break;
    const close = value.indexOf('>', open + 1);
    add(ids, value.slice(open + 1, close < 0 ? undefined : close));
    if (close < 0) break;
    at = close + 1;
  }
  return ids;
}

/** The one Message-ID of a message, with angle brackets, or null. A value that is no id but not empty is kept as one. */
export function parseMessageId(value: string | null): string | null {
  const [id] = parseMessageIds(value);
  if (id !== undefined) return id;
  const bare = (value ?? '').replaceAll(/[\s<>]/g, '');
  return bare === '' ? null : `<${bare.slice(0, MAX_ID_LENGTH)}>`;
}

/** In-Reply-To and References together: newest first, without repeats, at most 100. */
export function threadReferences(inReplyTo: string | null, references: string | null): string[] {
  const newestFirst = [...parseMessageIds(inReplyTo), ...parseMessageIds(references).reverse()];
  return [...new Set(newestFirst)].slice(0, MAX_IDS);
}

function add(ids: string[], text: string): void {
  const bare = text.replaceAll(/[\s<>]/g, '');
  if (bare !== '' && bare.length <= MAX_ID_LENGTH) ids.push(`<${bare}>`);
}
