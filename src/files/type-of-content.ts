/** So many bytes at the beginning of a file tell what it is. */
export const HEAD_BYTES = 4100;

const UNKNOWN = 'application/octet-stream';

/** Wrappings of many kinds of files: what the sender says of their content is more exact, and nothing that a browser shows. */
const WRAPPINGS = new Set(['application/zip', 'application/x-cfb', 'application/xml', 'application/gzip']);

/** Shown in the browser as they are, so they must be what they say. */
const SHOWN = /^(?:image\/(?:png|jpeg|gif|webp)$|text\/)/;

/**
 * The content type of a file by how it begins, where that tells; else what its sender said, as far as it can be: what would be shown as a picture or
 * as text and is none is bytes of unknown kind.
 */
export async function typeOfContent(head: Buffer, declared: string): Promise<string> {
  // Words may begin like a program ("MZ"): without a byte that no text has, they are words.
  if (declared.startsWith('text/') && !isBinary(head)) return declared;
  const found = await knownType(head);
  if (found && !(WRAPPINGS.has(found) && declared !== UNKNOWN && !SHOWN.test(declared))) return found;
  return SHOWN.test(declared) ? UNKNOWN : declared;
}

async function knownType(head: Buffer): Promise<string | undefined> {
  try {
    const { fileTypeFromBuffer } = await import('file-type');
    return (await fileTypeFromBuffer(head))?.mime;
  } catch {
    // Only the beginning is here; what cannot be told from it is not known.
    return undefined;
  }
}

/** A byte that no text has. UTF-16 has zeros too, and says so by its mark. */
function isBinary(head: Buffer): boolean {
  const bytes = head.toString('latin1');
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return /[\0-\x08\x0e-\x1a\x7f]/.test(bytes) && !/^(?:\xff\xfe|\xfe\xff)/.test(bytes);
}
