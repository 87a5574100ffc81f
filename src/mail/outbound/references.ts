/** RFC 5322 sets no limit, servers and clients do: the header is kept to so many ids. */
const MOST = 20;

/**
 * In-Reply-To and References (RFC 5322 §3.6.4) of a message in a conversation; `earlier` is what its reader has of it, oldest first. At most 20
 * ids: the first, the newest, and last our own, because a transport that replaces the Message-ID leaves References alone.
 */
export function threadHeaders(
  earlier: readonly string[],
  own: string,
): { inReplyTo: string | null; references: string[] } {
  const known = [...new Set(earlier.filter((id) => id !== own && /^<[\x21-\x3b\x3d\x3f-\x7e]{1,250}>$/.test(id)))];
  const kept = known.length < MOST ? known : [...known.slice(0, 1), ...known.slice(2 - MOST)];
  return { inReplyTo: known.at(-1) ?? null, references: [...kept, own] };
}
