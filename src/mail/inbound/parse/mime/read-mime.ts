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
async function repaired(part: MimePart, above: readonly string[] = []): Promise<MimePart> {
  if (!part.contentType.startsWith('multipart/')) return part;
  if (part.children.length === 0) return refilled(part, above);
  const delimiters = [...above, delimiterOf(part)];
  const children: MimePart[] = [];
  for (const child of part.children) children.push(await repaired(child, delimiters));
  return { ...part, children };
}

async function refilled(part: MimePart, above: readonly string[]): Promise<MimePart> {
  const bytes = ownLines(part.bytes, above);
  const boundary = findBoundary(bytes);
  if (boundary !== null) {
    const header = Buffer.from(`Content-Type: ${part.contentType}; boundary="${boundary}"\r\n\r\n`, 'latin1');
    const { children } = await readMimeTree(Buffer.concat([header, bytes]));
    if (children.length > 0) return { ...part, children, bytes: Buffer.alloc(0) };
  }
  // Its delimiters are there and nothing between them: what stands around them is not said.
  const isEmpty = bytes.toString('latin1').split(/\r?\n/).includes(delimiterOf(part));
  return { ...part, contentType: 'text/plain', bytes: isEmpty ? Buffer.alloc(0) : bytes };
}

const delimiterOf = ({ params }: MimePart): string => `--${params.get('boundary') ?? ''}`;

/** The engine hands over the delimiters of the multiparts around with the lines of this one. */
function ownLines(bytes: Buffer, above: readonly string[]): Buffer {
  if (above.length === 0) return bytes;
  const lines = bytes.toString('latin1').split('\n');
  const isAbove = (line: string) => above.some((delimiter) => [delimiter, `${delimiter}--`].includes(line.trimEnd()));
  const from = isAbove(lines[0] ?? '') ? 1 : 0;
  const to = lines.findIndex((line, at) => at >= from && isAbove(line));
  return Buffer.from(lines.slice(from, to < 0 ? undefined : to).join('\n'), 'latin1');
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
