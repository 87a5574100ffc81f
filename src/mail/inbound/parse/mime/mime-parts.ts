import { BeyondLimit, PARSE_LIMITS } from '../limits.ts';
import { parseParameters } from './header-params.ts';
import { mediaType } from './media-type.ts';
import { splitMessage, type EngineNode } from './mime-engine.ts';
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

/** The MIME tree of a message (RFC 2045–2049), its leaves decoded. Throws `BeyondLimit`. */
export async function readMimeTree(message: Buffer): Promise<MimePart> {
  return toPart(await splitMessage(message), 1, 'text/plain');
}

function toPart(node: EngineNode, depth: number, fallback: string): MimePart {
  if (depth > PARSE_LIMITS.depth) throw new BeyondLimit('too-deep');
  const { fields, words } = readHeader(node, depth > 1);
  const field = (name: string) => fields.find((entry) => entry.name === name)?.value ?? '';
  const disposition = parseParameters(field('content-disposition'));
  const type = parseParameters(field('content-type'));
  const encoding = (field('content-transfer-encoding').split(/[\s;(]/)[0] ?? '').replaceAll('"', '').toLowerCase();
  const content = node.children.length > 0 ? Buffer.alloc(0) : withWords(words, Buffer.concat(node.chunks));
  const decoded = decodeTransfer(type.value.startsWith('multipart/') ? '' : encoding, content);
  const filename = writtenName(disposition, type) || decoded.filename;
  const contentType = mediaType(type.value, disposition.value, filename) ?? fallback;
  // RFC 2046 §5.1.5: the parts of a digest are messages unless they say otherwise.
  const inner = contentType === 'multipart/digest' ? 'message/rfc822' : 'text/plain';
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
    children: node.children.map((child) => toPart(child, depth + 1, inner)),
  };
}

/** The fields of a node, and the words of a part that begin without a blank line: the engine takes them for header lines. */
function readHeader({ headerLines }: EngineNode, isPart: boolean): { fields: HeaderField[]; words: string } {
  const end = isPart ? wordsFrom(headerLines) : headerLines.length;
  return {
    fields: headerLines.slice(0, end).map(({ key, line }) => ({ name: key, value: unfold(line) })),
    words: headerLines
      .slice(end)
      .map(({ line }) => line)
      .join('\r\n'),
  };
}

/** The first line that is no field, unless a field of MIME follows: then it is dirt in the header. */
function wordsFrom(lines: EngineNode['headerLines']): number {
  let end = lines.length;
  while (end > 0 && !lines[end - 1]?.key.startsWith('content-')) end--;
  const at = lines.slice(end).findIndex(({ line }) => line !== '' && !/^[!-9;-~]+[ \t]*:/.test(line));
  return at < 0 ? lines.length : end + at;
}

function withWords(words: string, bytes: Buffer): Buffer {
  return words.trim() === '' ? bytes : Buffer.concat([Buffer.from(`${words}\r\n\r\n`, 'latin1'), bytes]);
}

/** The value behind the colon, on one line. */
function unfold(line: string): string {
  const value = line.slice(line.indexOf(':') + 1);
  return (value.includes('\n') ? value.replaceAll(/\r?\n[ \t]*/g, ' ') : value).trim();
}
