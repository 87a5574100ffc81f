import { Readable } from 'node:stream';
import { MailParser } from 'mailparser';
import { BeyondLimit, PARSE_LIMITS } from '../limits.ts';

/** One node of the MIME tree as the engine splits it: header lines, and bytes in their transfer encoding. */
export interface EngineNode {
  /** In order; a folded field is one entry with its line breaks. */
  headerLines: readonly { key: string; line: string }[];
  children: EngineNode[];
  /** Of a leaf its content; of a multipart what stands outside of its parts. */
  chunks: Buffer[];
}

const SLICE_BYTES = 256 * 1024;

/** What we use of the engine inside. It is not in its types; tests hold that it is as we think. */
interface Engine {
  splitter: Splitter;
  endReceived: boolean;
  readData: () => void;
  endStream: () => void;
  getTextContent: () => { type: 'text' };
}
interface Splitter {
  node: SplitterNode | null;
  newNode: (parent: unknown) => void;
  push: (chunk: unknown) => void;
  read: () => SplitterChunk | null;
}
interface SplitterNode {
  type: 'node';
  parentNode: SplitterNode | false;
  headers: false | { getList: () => readonly { key: string; line: string }[] };
  _headerlen: number;
  parseHeaders: () => void;
}
type SplitterChunk = SplitterNode | { type: 'data' | 'body'; node: SplitterNode; value?: Buffer };

/**
 * Splits a message into its MIME tree (RFC 2046), by mailparser, the only file that knows it. The engine finds headers,
 * boundaries and nesting; decoding is left to us, so that nothing is decoded twice. Messages within messages stay closed.
 */
export async function splitMessage(message: Buffer): Promise<EngineNode> {
  const parser = new MailParser({
    ignoreEmbedded: true,
    maxChildNodes: PARSE_LIMITS.parts,
    maxHeadSize: PARSE_LIMITS.headerBytes,
  } as ConstructorParameters<typeof MailParser>[0]);
  const tree = takeChunks(parser as unknown as Engine);
  await finished(parser, message);
  const root = tree();
  if (!root) throw new BeyondLimit('unparsable', 'no part found');
  return root;
}

/** Takes what the splitter gives before the engine decodes it. */
function takeChunks(engine: Engine): () => EngineNode | null {
  const nodes = new Map<unknown, EngineNode>();
  let root: EngineNode | null = null;
  keepHeaderOnlyParts(engine.splitter);
  engine.getTextContent = () => ({ type: 'text' });
  engine.readData = () => {
    for (let chunk = engine.splitter.read(); chunk !== null; chunk = engine.splitter.read()) {
      if (chunk.type !== 'node') {
        if (chunk.value) nodes.get(chunk.node)?.chunks.push(chunk.value);
        continue;
      }
      const node: EngineNode = { headerLines: chunk.headers ? chunk.headers.getList() : [], children: [], chunks: [] };
      nodes.set(chunk, node);
      const parent = nodes.get(chunk.parentNode);
      if (parent) parent.children.push(node);
      else root ??= node;
    }
    if (engine.endReceived) engine.endStream();
  };
  return () => root;
}

/** The engine forgets a part whose header runs into the next delimiter. */
function keepHeaderOnlyParts(splitter: Splitter): void {
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

function finished(parser: MailParser, message: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.on('error', (error: Error) => {
      parser.destroy();
      reject(toFailure(error));
    });
    parser.on('end', () => resolve());
    parser.resume();
    feed(parser, message);
  });
}

/** In slices: a large message as one chunk is copied several times over by every stream it passes. */
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
