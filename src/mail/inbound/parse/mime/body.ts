import { BeyondLimit, PARSE_LIMITS } from '../limits.ts';
import { htmlLines } from '../reply/html-lines.ts';
import { joinLines, type Line } from '../reply/lines.ts';
import { decodePart, findCharset, joinFlowed } from './decode-part.ts';
import type { MimePart } from './mime-parts.ts';
import { textHtml } from './text-html.ts';
import { unpackTnef } from './tnef/unpack-tnef.ts';
import { toFilePart } from './unpacked-file.ts';
import { unpackUuencoded } from './uuencode.ts';

/** One text of the message in the forms it came in: the alternatives of each other. */
interface Block {
  text: string | null;
  html: string | null;
}

/** What a message says, and the parts that are its files. */
export interface MessageBody {
  /** The text parts, html rendered to text where there is no other. */
  text: string;
  /** The text came as text, not by rendering html. */
  hasText: boolean;
  /** The html parts as they were sent. */
  html: string | null;
  /** Everything that is said, as html; null when none of it came as html. */
  shown: string | null;
  /** The html as lines, when it is all there is. */
  rendered: Line[] | null;
  attachments: MimePart[];
}

/** Sorts the leaves of a MIME tree into body and attachments (RFC 2046 §5.1, RFC 2183, RFC 2387). */
export function readBody(root: MimePart, hint: string | null): MessageBody {
  const found: Collector = { blocks: [], packed: [], attachments: [], hint: hint ?? findCharset(root) };
  collect(root, found);
  const filled = withWords(found);
  const { attachments } = found;
  if (attachments.length > PARSE_LIMITS.parts) throw new BeyondLimit('too-many-parts');
  const htmls = filled.flatMap(({ html }) => (isBlank(html) ? [] : [html ?? '']));
  const [first] = filled;
  const rendered = filled.length === 1 && first?.html && isBlank(first.text) ? htmlLines(first.html) : null;
  return {
    text: rendered ? joinLines(rendered) : filled.map(blockText).filter(Boolean).join('\n'),
    rendered,
    hasText: filled.length > 0 && filled.every(({ text }) => !isBlank(text)),
    html: htmls.length > 0 ? htmls.join('<br>\n') : null,
    shown: htmls.length > 0 ? filled.map(blockHtml).join('<br>\n') : null,
    attachments,
  };
}

interface Collector {
  blocks: Block[];
  /** Bodies that Outlook packed into a file; they repeat the others. */
  packed: Block[];
  attachments: MimePart[];
  hint: string | null;
}

function collect(part: MimePart, into: Collector): void {
  if (part.contentType === 'multipart/alternative') collectAlternatives(part.children, into);
  else if (part.contentType === 'multipart/related') collectRelated(part, into);
  else if (part.contentType.startsWith('multipart/')) for (const child of part.children) collect(child, into);
  else if (isBodyText(part)) into.blocks.push(toBlock(part, into));
  else collectFile(part, into);
}

/** All alternatives say the same: they make one block. */
function collectAlternatives(parts: readonly MimePart[], into: Collector): void {
  const inner: Collector = { ...into, blocks: [] };
  for (const child of parts) collect(child, inner);
  const texts = inner.blocks.filter(({ text }) => !isBlank(text));
  const htmls = inner.blocks.filter(({ html }) => !isBlank(html));
  if (inner.blocks.length === 0) return;
  into.blocks.push({
    text: texts.length > 0 ? texts.map(({ text }) => text).join('\n') : null,
    html: htmls.length > 0 ? htmls.map(({ html }) => html).join('\n') : null,
  });
}

/** Only the root is said, the others are what it refers to (RFC 2387 §3). Text before html is a misnamed alternative. */
function collectRelated(part: MimePart, into: Collector): void {
  const { children } = part;
  const start = (part.params.get('start') ?? '').replaceAll(/[<>\s]/g, '');
  const root =
    children.find(({ contentId }) => contentId !== null && contentId === start) ??
    children.find((child) => child.contentType.startsWith('multipart/') || isBodyText(child));
  const html = children.find((child) => child.contentType === 'text/html' && isBodyText(child));
  const said = children.filter((child) => child === root || (root?.contentType === 'text/plain' && child === html));
  collectAlternatives(said, into);
  for (const child of children) if (!said.includes(child)) collectFiles(child, into);
}

function collectFiles(part: MimePart, into: Collector): void {
  if (part.contentType.startsWith('multipart/')) for (const child of part.children) collectFiles(child, into);
  else collectFile(part, into);
}

/** A file, or what is packed in it. A package that nobody can open is a file. */
function collectFile(part: MimePart, into: Collector): void {
  if (isNothing(part)) return;
  const unpacked = isTnef(part) ? unpackTnef(part.bytes) : null;
  if (!unpacked) into.attachments.push(part);
  else {
    into.attachments.push(...unpacked.files.map(toFilePart));
    into.packed.push({ text: unpacked.text, html: unpacked.html });
  }
}

/** An empty text that nobody named. */
function isNothing({ contentType, filename, disposition, bytes }: MimePart): boolean {
  const isText = contentType === 'text/plain' || contentType === 'text/html';
  return (
    isText &&
    filename === '' &&
    disposition !== 'attachment' &&
    bytes.length < 100 &&
    bytes.toString('latin1').trim() === ''
  );
}

function isTnef({ contentType, filename }: MimePart): boolean {
  return /^application\/(?:vnd\.)?ms-tnef$/.test(contentType) || /^winmail(?:\d+)?\.dat$/i.test(filename);
}

/** A text or html part that is shown, not saved: no attachment disposition, no name, not larger than people read. */
function isBodyText(part: MimePart): boolean {
  if (part.contentType !== 'text/plain' && part.contentType !== 'text/html') return false;
  if (part.disposition !== '' && part.disposition !== 'inline') return false;
  if (part.contentType === 'text/plain' && part.bytes.length > PARSE_LIMITS.textBytes) return false;
  return part.filename === '';
}

/** The blocks that say something; failing those a packed body, and failing that the first text that came as a file. */
function withWords(found: Collector): Block[] {
  for (const blocks of [found.blocks, found.packed]) {
    const filled = blocks.filter(({ text, html }) => !isBlank(text) || !isBlank(html));
    if (filled.length > 0) return filled;
  }
  for (const file of found.attachments.filter(isReadable)) {
    const block = toBlock(file, found);
    if (!isBlank(block.text) || !isBlank(block.html)) return [block];
  }
  return [];
}

/** RFC 2046 §4.1.4: text of an unknown kind is plain text. Of these kinds people read nothing. */
function isReadable({ contentType, disposition, bytes }: MimePart): boolean {
  if (!contentType.startsWith('text/') || disposition === 'attachment' || bytes.length > PARSE_LIMITS.textBytes)
    return false;
  return !['text/calendar', 'text/vcard', 'text/x-vcard', 'text/directory', 'text/rfc822-headers'].includes(
    contentType,
  );
}

function toBlock(part: MimePart, into: Collector): Block {
  const isHtml = part.contentType === 'text/html';
  if (isHtml && part.bytes.length > PARSE_LIMITS.htmlBytes) throw new BeyondLimit('too-large', 'html');
  const decoded = decodePart(part, into.hint);
  if (isHtml) return { text: null, html: decoded };
  const { text, files } = unpackUuencoded(decoded);
  into.attachments.push(...files.map(toFilePart));
  return { text: joinFlowed(part, text), html: null };
}

const isBlank = (text: string | null): boolean => text === null || text.trim() === '';

function blockText({ text, html }: Block): string {
  return text !== null && !isBlank(text) ? text : joinLines(htmlLines(html ?? ''));
}

function blockHtml({ text, html }: Block): string {
  return html !== null && !isBlank(html) ? html : textHtml(text ?? '');
}
