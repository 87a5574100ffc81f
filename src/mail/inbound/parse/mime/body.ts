import { BeyondLimit, PARSE_LIMITS } from '../limits.ts';
import { htmlLines } from '../reply/html-lines.ts';
import { joinLines, type Line } from '../reply/lines.ts';
import { escapeHtml } from './escape-html.ts';
import { decodeBytes, isKnownCharset } from './charset.ts';
import { unflow } from './format-flowed.ts';
import type { MimePart } from './mime-parts.ts';

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
  html: string | null;
  /** The html as lines, when it is all there is. */
  rendered: Line[] | null;
  attachments: MimePart[];
}

/** Sorts the leaves of a MIME tree into body and attachments (RFC 2046 §5.1, RFC 2183). */
export function readBody(root: MimePart, hint: string | null): MessageBody {
  const blocks: Block[] = [];
  const attachments: MimePart[] = [];
  collect(root, { blocks, attachments, hint: hint ?? findCharset(root) });
  const filled = blocks.filter((block) => block.text?.trim() || block.html?.trim());
  const hasHtml = filled.some((block) => block.html?.trim());
  const [first] = filled;
  const rendered = filled.length === 1 && first?.html && !first.text?.trim() ? htmlLines(first.html) : null;
  return {
    text: rendered ? joinLines(rendered) : filled.map(blockText).filter(Boolean).join('\n'),
    rendered,
    hasText: filled.length > 0 && filled.every((block) => block.text?.trim()),
    html: hasHtml ? filled.map(blockHtml).join('<br>\n') : null,
    attachments,
  };
}

interface Collector {
  blocks: Block[];
  attachments: MimePart[];
  hint: string | null;
}

function collect(part: MimePart, into: Collector): void {
  if (part.contentType.startsWith('multipart/')) {
    if (part.contentType === 'multipart/alternative') collectAlternatives(part, into);
    else for (const child of part.children) collect(child, into);
  } else if (isBodyText(part)) into.blocks.push(toBlock(part, into.hint));
  else into.attachments.push(part);
}

/** All alternatives say the same: they make one block. */
function collectAlternatives(part: MimePart, into: Collector): void {
  const inner: Collector = { blocks: [], attachments: into.attachments, hint: into.hint };
  for (const child of part.children) collect(child, inner);
  const texts = inner.blocks.filter((block) => block.text?.trim());
  const htmls = inner.blocks.filter((block) => block.html?.trim());
  if (inner.blocks.length === 0) return;
  into.blocks.push({
    text: texts.length > 0 ? texts.map((block) => block.text).join('\n') : null,
    html: htmls.length > 0 ? htmls.map((block) => block.html).join('\n') : null,
  });
}

/** A text or html part that is shown, not saved: no attachment disposition, and no name unless it is inline. */
function isBodyText(part: MimePart): boolean {
  if (part.contentType !== 'text/plain' && part.contentType !== 'text/html') return false;
  if (part.disposition !== '' && part.disposition !== 'inline') return false;
  if (part.contentType === 'text/plain' && part.bytes.length > PARSE_LIMITS.textBytes) return false;
  return part.filename === '';
}

function toBlock(part: MimePart, hint: string | null): Block {
  if (part.contentType === 'text/html' && part.bytes.length > PARSE_LIMITS.htmlBytes)
    throw new BeyondLimit('too-large', 'html');
  const text = decodePart(part, hint);
  return part.contentType === 'text/html' ? { text: null, html: text } : { text, html: null };
}

/** Decoded text of a part, line ends normalised, `format=flowed` joined (RFC 3676). */
export function decodePart(part: MimePart, hint: string | null): string {
  const label = part.params.get('charset') ?? null;
  const own = label ?? (part.contentType === 'text/html' ? metaCharset(part.bytes) : null);
  const text = decodeBytes(part.bytes, own, hint)
    .replaceAll(/\r\n?/g, '\n')
    .replace(/^\ufeff/, '');
  if (part.contentType !== 'text/plain' || part.params.get('format')?.toLowerCase() !== 'flowed') return text;
  return unflow(text, part.params.get('delsp')?.toLowerCase() === 'yes');
}

/** `<meta charset=…>` near the start of html without a charset parameter. */
function metaCharset(bytes: Buffer): string | null {
  return /<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{2,30})/i.exec(bytes.toString('latin1', 0, 4096))?.[1] ?? null;
}

/** The first charset that a text part names: a guess for raw 8-bit bytes elsewhere in the message. */
export function findCharset(part: MimePart): string | null {
  const own = part.params.get('charset') ?? null;
  if (isKnownCharset(own)) return own;
  for (const child of part.children) {
    const found = findCharset(child);
    if (found !== null) return found;
  }
  return null;
}

function blockText(block: Block): string {
  return block.text?.trim() ? block.text : joinLines(htmlLines(block.html ?? ''));
}

function blockHtml(block: Block): string {
  return block.html?.trim() ? block.html : `<pre>${escapeHtml(block.text ?? '')}</pre>`;
}
