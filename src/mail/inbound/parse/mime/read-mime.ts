import { parseParameters } from './header-params.ts';
import { readMimeTree, type MimePart } from './mime-parts.ts';
import { firstField, type RawMessage } from './raw-message.ts';

const MAX_BOUNDARY = 200;

/**
 * The MIME tree of a message, repaired where a multipart has no parts: a boundary that the header lost or misspelled
 * is taken from the body, and a body without any is text. So no words are ever invisible.
 */
export async function readMime(message: RawMessage): Promise<MimePart> {
  const root = await readMimeTree(message.bytes);
  if (!isEmptyMultipart(root)) return root;
  const boundary = findBoundary(message.bytes);
  const repaired =
    boundary === null
      ? null
      : await readMimeTree(withContentType(message, `${root.contentType}; boundary="${boundary}"`));
  if (repaired && !isEmptyMultipart(repaired)) return repaired;
  return readMimeTree(withContentType(message, 'text/plain'));
}

function isEmptyMultipart(part: MimePart): boolean {
  return part.contentType.startsWith('multipart/') && part.children.length === 0;
}

/** The first `--word` line of the body that is followed by a part header. */
function findBoundary(bytes: Buffer): string | null {
  const text = bytes.toString('latin1', 0, 200_000);
  const match = /\n--([^\s"\\][^\r\n"\\]{0,199})\r?\n(?:Content-|\r?\n)/i.exec(text);
  const boundary = match?.[1]?.trimEnd() ?? '';
  return boundary === '' || boundary.length > MAX_BOUNDARY || boundary.endsWith('--') ? null : boundary;
}

/** The engine believes the first of several Content-Type headers. The charset stays. */
function withContentType({ bytes, fields }: RawMessage, value: string): Buffer {
  const charset = parseParameters(firstField(fields, 'content-type') ?? '').params.get('charset');
  const label = charset !== undefined && /^[\w.:-]{1,40}$/.test(charset) ? `; charset=${charset}` : '';
  return Buffer.concat([Buffer.from(`Content-Type: ${value}${label}\r\n`, 'latin1'), bytes]);
}
