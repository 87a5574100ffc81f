import { hasDate, hasDateAndTime } from './dates.ts';
import type { HeaderBlock } from './header-block.ts';
import type { HeaderRole } from './languages.ts';
import type { Line } from './lines.ts';
import { fold, LABEL_ROLES, labelKey } from './word-tables.ts';

const MAX_LINES = 24;

/**
 * A printed header in a language that the table does not know: label lines right below each other, two of them with
 * `Name <address>` and one with a date and a time.
 */
export function unknownHeaderAt(lines: readonly Line[], at: number): HeaderBlock | null {
  if (!isAddressed(unknownValue(lines[at]))) return null;
  const fields = new Map<HeaderRole, string>();
  let end = at;
  for (let i = at; i < lines.length && i < at + 8 && lines[i]?.depth === lines[at]?.depth; i++) {
    const value = unknownValue(lines[i]);
    if (value === null) break;
    const role = unknownRole(value, fields);
    if (role === null) break;
    fields.set(role, value.trim());
    end = i + 1;
  }
  return fields.has('from') && fields.has('to') && fields.has('date') ? { end, fields } : null;
}

/** What stands behind a short label that nobody knows. */
function unknownValue(line: Line | undefined): string | null {
  const text = line?.text.slice(0, 400) ?? '';
  if (!text.includes(':') && !text.includes('：')) return null;
  return /^\s*[^\s:：<>@\d][^:：<>@\d]{0,22}[:：]\s(.*)$/u.exec(text)?.[1] ?? null;
}

function isAddressed(value: string | null): boolean {
  return value !== null && /<[^<>\s]{1,80}@/.test(value);
}

function unknownRole(value: string, fields: ReadonlyMap<HeaderRole, string>): HeaderRole | null {
  if (isAddressed(value)) return fields.has('from') ? (fields.has('to') ? 'cc' : 'to') : 'from';
  if (!fields.has('date') && hasDateAndTime(fold(value))) return 'date';
  return fields.has('to') && !fields.has('subject') ? 'subject' : null;
}

/** Notes' own form: the author, the moment, and labels on lines of their own, each above its value. */
export function notesHeaderAt(lines: readonly Line[], at: number): HeaderBlock | null {
  const date = lines[at + 1]?.text ?? '';
  if (
    date.length > 40 ||
    date.length < 10 ||
    !/\d[:.]\d\d/.test(date) ||
    !hasDateAndTime(fold(date)) ||
    /[.:]\s*$/.test(date)
  )
    return null;
  const author = lines[at]?.text.trim() ?? '';
  if (author === '' || author.length > 80 || hasDate(author) || /[.!?:]$/.test(author)) return null;
  const fields = new Map<HeaderRole, string>([
    ['from', author],
    ['date', date.trim()],
  ]);
  let last: HeaderRole | null = null;
  let end = at;
  for (let i = at + 2; i < lines.length && i < at + MAX_LINES; i++) {
    const text = lines[i]?.text.trim() ?? '';
    const role: HeaderRole | undefined = LABEL_ROLES.get(labelKey(text.replace(/[:：]$/, '')));
    if (role !== undefined && !fields.has(role)) {
      last = role;
      fields.set(role, '');
    } else if (last !== null && text !== '') {
      fields.set(last, `${fields.get(last) ?? ''} ${text}`.trim());
      end = i + 1;
      if (last === 'subject') break;
    } else if (last === null && text !== '' && i > at + 6) break;
  }
  return fields.get('subject') && fields.has('to') ? { end, fields } : null;
}
