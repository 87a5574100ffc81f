import { BeyondLimit, PARSE_LIMITS } from '../limits.ts';
import { parseParameters } from './header-params.ts';
import { readMimeTree, type MimePart } from './mime-parts.ts';
import { firstField, type RawMessage } from './raw-message.ts';

const MAX_BOUNDARY = 200;
const SEARCHED_BYTES = 200_000;

/**
 * The MIME tree of a message, repaired where a multipart has no parts: a boundary that the header lost or misspelled is
 * taken from the body, and a body without any is text. So no words are ever invisible.
 */
export async function readMime(message: RawMessage): Promise<MimePart> {
  const root = await repaired(await readMimeTree(withLineBeforeEnd(message)));
  if (countParts(root) > PARSE_LIMITS.parts) throw new BeyondLimit('too-many-parts');
  return root;
}

/** Each multipart is repaired once, from its own bytes, so all repairs together read the message once more at most. */
async function repaired(part: MimePart): Promise<MimePart> {
  if (!part.contentType.startsWith('multipart/')) return part;
  if (part.children.length === 0) return refilled(part);
  const children: MimePart[] = [];
  for (const child of part.children) children.push(await repaired(child));
  return { ...part, children };
}

async function refilled(part: MimePart): Promise<MimePart> {
  const boundary = findBoundary(part.bytes);
  if (boundary !== null) {
    const header = Buffer.from(`Content-Type: ${part.contentType}; boundary="${boundary}"\r\n\r\n`, 'latin1');
    const { children } = await readMimeTree(Buffer.concat([header, part.bytes]));
    if (children.length > 0) return { ...part, children, bytes: Buffer.alloc(0) };
  }
  return { ...part, contentType: 'text/plain' };
}

/** The first `--word` line that is followed by a part header. */
function findBoundary(bytes: Buffer): string | null {
  const text = `\n${bytes.toString('latin1', 0, SEARCHED_BYTES)}`;
  const match = /\n--([^\s"\\][^\r\n"\\]{0,199})\r?\n(?:Content-|\r?\n)/i.exec(text);
  const boundary = match?.[1]?.trimEnd() ?? '';
  return boundary === '' || boundary.length > MAX_BOUNDARY || boundary.endsWith('--') ? null : boundary;
}

/** Programs that write mail forget the line end before the last delimiter: then it would be read as words. */
function withLineBeforeEnd({ bytes, fields }: RawMessage): Buffer {
  const header = firstField(fields, 'content-type') ?? '';
  if (!/multipart\//i.test(header)) return bytes;
  const boundary = parseParameters(header).params.get('boundary') ?? '';
  const delimiter = `--${boundary}--`;
  const at = boundary === '' ? -1 : bytes.lastIndexOf(delimiter, undefined, 'latin1');
  const around = at <= 0 ? '' : bytes.toString('latin1', at - 1, at + delimiter.length + 1);
  if (around === '' || /^[-\r\n]/.test(around) || !/[-\s]$/.test(around)) return bytes;
  return Buffer.concat([bytes.subarray(0, at), Buffer.from('\r\n'), bytes.subarray(at)]);
}

function countParts(part: MimePart): number {
  return part.children.reduce((sum, child) => sum + countParts(child), 1);
}
