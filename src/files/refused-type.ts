import { lookup } from 'mime-types';

/** What a client sends when it does not know. */
const UNKNOWN = 'application/octet-stream';

/**
 * The content type for which a file is not taken; null: it is taken. What the client says counts, and so does what the ending of the name says:
 * neither makes the other harmless. `allowed` are content types, `*` at the end of one stands for anything.
 */
export function refusedType(
  allowed: readonly string[],
  { filename, contentType }: { filename: string; contentType: string },
): string | null {
  const byName = lookup(filename) || null;
  const types = contentType === UNKNOWN && byName ? [byName] : [contentType, ...(byName ? [byName] : [])];
  return types.find((type) => !allowed.some((pattern) => matches(pattern, type))) ?? null;
}

function matches(pattern: string, type: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}
