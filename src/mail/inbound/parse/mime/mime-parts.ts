import { Readable } from 'node:stream';
import { MailParser } from 'mailparser';
import { BeyondLimit, PARSE_LIMITS } from '../limits.ts';
import { parseParameters } from './header-params.ts';
import type { HeaderField } from './raw-message.ts';

/** One node of the MIME tree. A leaf has its transfer-decoded bytes, not yet decoded from its charset. */
export interface MimePart {
  /** `type/subtype` in lower case. */
  contentType: string;
  params: ReadonlyMap<string, string>;
  disposition: string;
  /** From Content-Disposition or Content-Type, decoded; '' when there is none. */
  filename: string;
  /** Without angle brackets. */
  contentId: string | null;
  encoding: string;
  fields: readonly HeaderField[];
  bytes: Buffer;
  children: readonly MimePart[];
}

const SLICE_BYTES = 256 * 1024;

/** What we read of the engine's nodes. They are not in its types; a test holds that they are as we think. */
interface EngineNode {
  contentType: string | false;
  headers: unknown;
  headerLines: readonly { key: string; line: string }[] | false;
  children: readonly EngineNode[];
}
interface EngineInternals {
  tree: EngineNode | false;
  textTypes: string[];
  getTextContent: () => { type: 'text' };
}

/**
 * The MIME tree of a message (RFC 2045–2049), by mailparser. The engine is told to hand over every leaf as bytes: its
 * own text, html and charset handling is replaced by ours, and message/rfc822 stays closed. Throws `BeyondLimit`.
 */
export async function readMimeTree(message: Buffer): Promise<MimePart> {
  const parser = new MailParser({
    checksumAlgo: false,
    ignoreEmbedded: true,
    maxChildNodes: PARSE_LIMITS.parts,
    maxHeadSize: PARSE_LIMITS.headerBytes,
  } as ConstructorParameters<typeof MailParser>[0]);
  const engine = parser as unknown as EngineInternals;
  engine.textTypes = [];
  engine.getTextContent = () => ({ type: 'text' });
  const leaves = await readLeaves(parser, message);
  if (!engine.tree) throw new BeyondLimit('unparsable', 'no part found');
  return toPart(engine.tree, leaves, 1, 'text/plain');
}

/** Bytes of each leaf, keyed by the header map that its node and its attachment share. */
function readLeaves(parser: MailParser, message: Buffer): Promise<Map<unknown, Buffer>> {
  const leaves = new Map<unknown, Buffer>();
  return new Promise((resolve, reject) => {
    parser.on('error', (error: Error & { code?: string }) => {
      parser.destroy();
      reject(toFailure(error));
    });
    parser.on('data', (data) => {
      if (data.type !== 'attachment') return;
      const chunks: Buffer[] = [];
      const content = data.content as NodeJS.ReadableStream;
      content.on('data', (chunk: Buffer) => chunks.push(chunk));
      content.on('end', () => {
        leaves.set(data.headers, Buffer.concat(chunks));
        data.release?.();
      });
    });
    parser.on('end', () => resolve(leaves));
    feed(parser, message);
  });
}

/** In slices: a large message as one chunk is copied several times over by every decoder it passes. */
function feed(parser: MailParser, message: Buffer): void {
  if (message.length <= SLICE_BYTES) parser.end(message);
  else Readable.from(slices(message), { objectMode: false }).pipe(parser);
}

function* slices(message: Buffer): Generator<Buffer> {
  for (let at = 0; at < message.length; at += SLICE_BYTES) yield message.subarray(at, at + SLICE_BYTES);
}

function toFailure(error: Error): BeyondLimit {
  if (error.message.includes('child nodes')) return new BeyondLimit('too-many-parts');
  if (error.message.includes('header size')) return new BeyondLimit('header-too-large');
  return new BeyondLimit('unparsable', error.message);
}

function toPart(node: EngineNode, leaves: Map<unknown, Buffer>, depth: number, fallback: string): MimePart {
  if (depth > PARSE_LIMITS.depth) throw new BeyondLimit('too-deep');
  const fields = (node.headerLines || []).map(({ key, line }) => ({ name: key, value: unfold(line) }));
  const field = (name: string) => fields.find((entry) => entry.name === name)?.value ?? '';
  const type = parseParameters(field('content-type'));
  const disposition = parseParameters(field('content-disposition'));
  const contentType = type.value === '' ? fallback : node.contentType || fallback;
  // RFC 2046 §5.1.5: the parts of a digest are messages unless they say otherwise.
  const inner = contentType === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
  return {
    contentType,
    params: type.params,
    disposition: disposition.value,
    filename: disposition.params.get('filename') ?? type.params.get('name') ?? '',
    contentId: field('content-id').replaceAll(/[<>\s]/g, '') || null,
    encoding: field('content-transfer-encoding').trim().toLowerCase(),
    fields,
    bytes: leaves.get(node.headers) ?? Buffer.alloc(0),
    children: node.children.map((child) => toPart(child, leaves, depth + 1, inner)),
  };
}

/** The value behind the colon, on one line. */
function unfold(line: string): string {
  return line
    .slice(line.indexOf(':') + 1)
    .replaceAll(/\r?\n[ \t]*/g, ' ')
    .trim();
}
