import { Readable } from 'node:stream';
import { MailParser } from 'mailparser';
import { BeyondLimit, PARSE_LIMITS } from '../limits.ts';
import { parseParameters } from './header-params.ts';
import { mediaType } from './media-type.ts';
import { writtenName } from './part-name.ts';
import type { HeaderField } from './raw-message.ts';
import { decodeTransfer } from './transfer-encoding.ts';

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
  /** Of a multipart without parts: all that stands in it. */
  bytes: Buffer;
  children: readonly MimePart[];
}

const SLICE_BYTES = 256 * 1024;

/** What we read of the engine's nodes. They are not in its types; a test holds that they are as we think. */
interface EngineNode {
  /** The splitter's own node, which its chunks point to. */
  node: unknown;
  contentType: string | false;
  /** The transfer encoding it has undone; `binary` when none. */
  encoding?: string;
  headers: unknown;
  headerLines: readonly { key: string; line: string }[] | false;
  children: readonly EngineNode[];
}
interface EngineChunk {
  type: 'node' | 'data' | 'body';
  node?: { multipart?: string | false };
  value?: Buffer;
}
interface EngineInternals {
  splitter: EngineSplitter;
  tree: EngineNode | false;
  textTypes: string[];
  getTextContent: () => { type: 'text' };
  processChunk: (chunk: EngineChunk, done: () => void) => void;
}

/** Makes nodes of lines; a node is handed on when its header has ended. */
interface EngineSplitter {
  node: { _headerlen: number; headers: unknown; parseHeaders: () => void } | null;
  newNode: (parent: unknown) => void;
  push: (chunk: unknown) => void;
}

/** What the engine hands over: bytes of each leaf by the header map that its node and its attachment share, and what stands between parts. */
interface Contents {
  leaves: Map<unknown, Buffer>;
  between: Map<unknown, Buffer[]>;
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
  keepHeaderOnlyParts(engine.splitter);
  const contents: Contents = { leaves: new Map(), between: keepBetween(engine) };
  await readLeaves(parser, message, contents.leaves);
  if (!engine.tree) throw new BeyondLimit('unparsable', 'no part found');
  return toPart(engine.tree, contents, 1, 'text/plain');
}

/** The engine drops what stands in a multipart outside of its parts: of one without any parts these are its words. */
function keepBetween(engine: EngineInternals): Contents['between'] {
  const between: Contents['between'] = new Map();
  const process = engine.processChunk.bind(engine);
  engine.processChunk = (chunk, done) => {
    if (chunk.type === 'data' && chunk.node?.multipart && chunk.value) {
      const chunks = between.get(chunk.node);
      if (chunks) chunks.push(chunk.value);
      else between.set(chunk.node, [chunk.value]);
    }
    process(chunk, done);
  };
  return between;
}

/** The engine forgets a part whose header runs into the next delimiter. */
function keepHeaderOnlyParts(splitter: EngineSplitter): void {
  const newNode = splitter.newNode.bind(splitter);
  splitter.newNode = (parent) => {
    const { node } = splitter;
    if (node && node._headerlen > 0 && !node.headers) {
      node.parseHeaders();
      splitter.push(node);
    }
    newNode(parent);
  };
}

function readLeaves(parser: MailParser, message: Buffer, leaves: Contents['leaves']): Promise<void> {
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
    parser.on('end', () => resolve());
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

function toPart(node: EngineNode, contents: Contents, depth: number, fallback: string): MimePart {
  if (depth > PARSE_LIMITS.depth) throw new BeyondLimit('too-deep');
  const { fields, words } = readNodeHeader(node, depth > 1);
  const field = (name: string) => fields.find((entry) => entry.name === name)?.value ?? '';
  const disposition = parseParameters(field('content-disposition'));
  const type = parseParameters(field('content-type'));
  const encoding = (field('content-transfer-encoding').split(/[\s;(]/)[0] ?? '').replaceAll('"', '').toLowerCase();
  const content = withWords(words, contentOf(node, contents));
  const decoded = node.encoding === 'binary' ? decodeTransfer(encoding, content) : { bytes: content, filename: '' };
  const filename = writtenName(disposition, type) || decoded.filename;
  const contentType = mediaType(type.value, disposition.value, filename) ?? fallback;
  // RFC 2046 §5.1.5: the parts of a digest are messages unless they say otherwise.
  const inner = contentType === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
  const children = node.children.map((child) => toPart(child, contents, depth + 1, inner));
  return {
    contentType,
    params: type.params,
    // What is no word is no disposition.
    disposition: /^[\w-]*$/.test(disposition.value) ? disposition.value : '',
    filename,
    contentId: field('content-id').replaceAll(/[<>\s]/g, '') || null,
    encoding,
    fields,
    bytes: decoded.bytes,
    children,
  };
}

function contentOf(node: EngineNode, { leaves, between }: Contents): Buffer {
  const leaf = leaves.get(node.headers);
  if (leaf) return leaf;
  return node.children.length > 0 ? Buffer.alloc(0) : Buffer.concat(between.get(node.node) ?? []);
}

/** A part whose words begin without a blank line: the engine takes them for header lines. */
function readNodeHeader(node: EngineNode, isPart: boolean): { fields: HeaderField[]; words: string } {
  const lines = node.headerLines || [];
  const end = isPart ? wordsFrom(lines) : lines.length;
  return {
    fields: lines.slice(0, end).map(({ key, line }) => ({ name: key, value: unfold(line) })),
    words: lines
      .slice(end)
      .map(({ line }) => line)
      .join('\r\n'),
  };
}

/** The first line that is no field, unless a field of MIME follows: then it is dirt in the header. */
function wordsFrom(lines: readonly { key: string; line: string }[]): number {
  let end = lines.length;
  while (end > 0 && !lines[end - 1]?.key.startsWith('content-')) end--;
  const at = lines.slice(end).findIndex(({ line }) => line !== '' && !isField(line));
  return at < 0 ? lines.length : end + at;
}

const isField = (line: string): boolean => /^[!-9;-~]+[ \t]*:/.test(line);

function withWords(words: string, bytes: Buffer): Buffer {
  return words.trim() === '' ? bytes : Buffer.concat([Buffer.from(`${words}\r\n\r\n`, 'latin1'), bytes]);
}

/** The value behind the colon, on one line. */
function unfold(line: string): string {
  return line
    .slice(line.indexOf(':') + 1)
    .replaceAll(/\r?\n[ \t]*/g, ' ')
    .trim();
}
