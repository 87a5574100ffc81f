import { decodeBytes, isKnownCharset } from './charset.ts';
import { unflow } from './format-flowed.ts';
import type { MimePart } from './mime-parts.ts';

/** Decoded text of a part with plain line ends, its `format=flowed` lines not joined yet. */
export function decodePart(part: MimePart, hint: string | null): string {
  const label = part.params.get('charset') ?? null;
  const own = label ?? (part.contentType === 'text/html' ? metaCharset(part.bytes) : null);
  const text = decodeBytes(part.bytes, own, hint).replace(/^\ufeff/, '');
  // A line end that was converted twice is one line end.
  return text.includes('\r') ? text.replaceAll('\r\n', '\n').replaceAll(/\r\n?/g, '\n') : text;
}

/** Joins the lines of a text part that says they flow (RFC 3676). */
export function joinFlowed(part: MimePart, text: string): string {
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
