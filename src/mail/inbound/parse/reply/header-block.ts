import { hasDateAndTime } from './dates.ts';
import type { HeaderRole } from './languages.ts';
import { isBlankLine, type Line } from './lines.ts';
import { notesHeaderAt, unknownHeaderAt } from './odd-headers.ts';
import { LABEL_ROLES, labelKey } from './word-tables.ts';

/** A printed message header in a body: `From: … Sent: … To: … Subject: …`, in any language. */
export interface HeaderBlock {
  /** Behind its last line. */
  end: number;
  fields: ReadonlyMap<HeaderRole, string>;
}

interface Field {
  role: HeaderRole;
  value: string;
}

const MAX_LINES = 24;
const MAX_LABEL = 24;
const MAX_WRAPPED = 3;
const MAX_FLAT = 1000;

/**
 * The header block that starts at a line. With only labels that could be anything (`Date:` and `Time:` of an
 * appointment) it is none: it needs an author and an address or a subject. `marked` says that a separator stands
 * above it, which makes even a poor block one. Looks at a bounded number of lines.
 */
export function headerBlockAt(lines: readonly Line[], at: number, marked = false): HeaderBlock | null {
  const first = fieldOf(lines[at]?.text ?? '', marked);
  if (first === null) return unknownHeaderAt(lines, at) ?? notesHeaderAt(lines, at);
  const flat = first.role === 'from' ? flatHeader(lines[at]?.text ?? '') : null;
  if (flat !== null) return { end: at + 1, fields: flat };
  const fields = new Map<HeaderRole, string>();
  let last: HeaderRole | null = null;
  let end = at;
  let wrapped = 0;
  let gaps = 0;
  for (let i = at; i < lines.length && i < at + MAX_LINES; i++) {
    const line = lines[i];
    if (!line || line.depth !== lines[at]?.depth) break;
    if (isBlankLine(line)) {
      // Blank lines between two fields are a broken client; after the block they are its end. Below the subject they
      // are that as well, unless they stood below every other field.
      const next = nextLabel(lines, i + 1, marked ? 3 : 1);
      if (next === null || fields.has(next) || (last === 'subject' && gaps < fields.size - 1)) break;
      if (!isBlankLine(lines[i - 1])) gaps++;
      continue;
    }
    const field = fieldOf(line.text, marked);
    if (field && !(fields.has(field.role) && field.role !== 'cc')) {
      fields.set(field.role, field.value);
      last = field.role;
      wrapped = 0;
    } else if (last !== null && wrapped < MAX_WRAPPED && continues(line.text, last, fields)) {
      fields.set(last, `${fields.get(last) ?? ''} ${line.text.trim()}`.trim());
      wrapped++;
    } else if (!(fields.size >= 3 && isOtherField(line.text))) break;
    end = i + 1;
  }
  return isHeader(fields, marked) ? { end, fields } : unknownHeaderAt(lines, at);
}

/** Role of the label on the first line that is not blank, among the next few. */
function nextLabel(lines: readonly Line[], from: number, count: number): HeaderRole | null {
  for (let i = from; i < from + count; i++)
    if (!isBlankLine(lines[i])) return fieldOf(lines[i]?.text ?? '', false)?.role ?? null;
  return null;
}

/** Fields of a header that some clients print on one line: `From: … To: … Subject: …` without line breaks. */
export function inlineHeader(text: string): ReadonlyMap<HeaderRole, string> {
  const fields = new Map<HeaderRole, string>();
  let open: { role: HeaderRole; from: number } | null = null;
  for (let colon = text.indexOf(':'); colon >= 0; colon = text.indexOf(':', colon + 1)) {
    const label = labelBefore(text, colon);
    if (!label || fields.has(label.role)) continue;
    if (open) fields.set(open.role, text.slice(open.from, label.start).trim());
    open = { role: label.role, from: colon + 1 };
    fields.set(label.role, '');
  }
  if (open) fields.set(open.role, text.slice(open.from).trim());
  return fields;
}

/** A whole header on a line that begins with the author: somebody took the line breaks out. */
function flatHeader(text: string): ReadonlyMap<HeaderRole, string> | null {
  if (text.length > MAX_FLAT || text.split(/[:：]/, 4).length < 4) return null;
  const fields = inlineHeader(text);
  return fields.has('date') && fields.has('to') && fields.has('subject') ? fields : null;
}

/** The longest known label that ends right before the colon. It may touch what stands before it. */
function labelBefore(text: string, colon: number): { role: HeaderRole; start: number } | null {
  const window = text.slice(Math.max(0, colon - MAX_LABEL), colon).trimEnd();
  const end = Math.max(0, colon - MAX_LABEL) + window.length;
  for (let start = Math.max(0, end - MAX_LABEL); start < end; start++) {
    const role = LABEL_ROLES.get(labelKey(text.slice(start, end)));
    const before = text[start - 1];
    // `12:30 AMTo:` is glued by the client, `proto:` is a word.
    if (role && (before === undefined || !/\p{Ll}/u.test(before) || /\p{Lu}/u.test(text[start] ?? '')))
      return { role, start };
  }
  return null;
}

/** `From: Anna`; in a table `| From | Anna |`; and, below a separator, `From Anna` as well. */
function fieldOf(text: string, marked: boolean): Field | null {
  const bare = text.trimStart();
  if (bare.startsWith('|')) return cellField(bare);
  const colon = firstColon(bare);
  if (colon > 0 && colon <= MAX_LABEL + 8) {
    const role = LABEL_ROLES.get(labelKey(bare.slice(0, colon)));
    if (role !== undefined) return { role, value: bare.slice(colon + 1).replaceAll(/^[\s*]+|[*\s]+$/g, '') };
  }
  return marked ? spacedField(bare) : null;
}

function cellField(text: string): Field | null {
  const [, label = '', value = ''] = text.slice(0, 1000).split('|');
  const role = LABEL_ROLES.get(labelKey(label));
  return role === undefined ? null : { role, value: value.trim() };
}

/** eM Client prints its labels without a colon. */
function spacedField(text: string): Field | null {
  for (let at = text.indexOf(' '), words = 0; at > 0 && words < 2; at = text.indexOf(' ', at + 1), words++) {
    const role = LABEL_ROLES.get(labelKey(text.slice(0, at)));
    if (role !== undefined && /^\p{Lu}/u.test(text)) return { role, value: text.slice(at + 1).trim() };
  }
  return null;
}

function firstColon(text: string): number {
  const ascii = text.indexOf(':');
  const wide = text.indexOf('：');
  if (ascii < 0) return wide;
  return wide < 0 ? ascii : Math.min(ascii, wide);
}

/** `Importance: High` and its like, between or behind the fields that matter. */
function isOtherField(text: string): boolean {
  return /^\s*\*?[\p{L}][\p{L}\p{M} -]{1,22}\*?\s?[:：]\s*\S{1,40}\s*$/u.test(text.slice(0, 100)) && text.length < 80;
}

/** A wrapped address list or subject goes on; the first line of the message does not. */
function continues(text: string, last: HeaderRole, fields: ReadonlyMap<HeaderRole, string>): boolean {
  const previous = fields.get(last) ?? '';
  if (previous === '') return true;
  if (last === 'subject') return /^\s+\S/.test(text) && fields.size >= 3;
  if (last === 'date') return false;
  return text.includes('@') || /[,;<[]$/.test(previous);
}

function isHeader(fields: ReadonlyMap<HeaderRole, string>, marked: boolean): boolean {
  if (marked) return fields.size >= 1 && (fields.size >= 2 || fields.has('from') || fields.has('subject'));
  const addressed = ['from', 'to', 'cc', 'replyTo'].some((role) => fields.get(role as HeaderRole)?.includes('@'));
  if (fields.has('from')) return fields.size >= 2 && (addressed || fields.has('subject') || isSent(fields));
  if (fields.has('subject') && fields.has('date')) return fields.has('to');
  return fields.has('date') && addressed;
}

/** Author, moment and recipient in a client's order: a journey has another (`From: Berlin, To: Hamburg, Date: …`). */
function isSent(fields: ReadonlyMap<HeaderRole, string>): boolean {
  const [first, second] = fields.keys();
  return first === 'from' && second === 'date' && fields.has('to') && hasDateAndTime(fields.get('date') ?? '');
}
