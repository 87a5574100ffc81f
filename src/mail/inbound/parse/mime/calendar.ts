import type { CalendarNotice } from '../../inbound-mail.ts';
import { decodePart } from './decode-part.ts';
import type { MimePart } from './mime-parts.ts';

const READ_CHARS = 200_000;
const MAX_SUMMARY = 500;

/**
 * The calendar message that a mail carries (RFC 5546, RFC 6047), an invitation as a rule; null when there is none. A
 * calendar file without a method is a file and no message.
 */
export function readCalendar(root: MimePart): CalendarNotice | null {
  const part = findCalendar(root);
  if (!part) return null;
  const lines = decodePart(part, null)
    .slice(0, READ_CHARS)
    .replaceAll(/\n[ \t]/g, '')
    .split('\n');
  const method = part.params.get('method') || propertyOf(lines, 'METHOD');
  if (!method) return null;
  const event = lines.findIndex((line) => /^BEGIN:V(?:EVENT|TODO)\s*$/i.test(line));
  const summary = event < 0 ? '' : unescaped(propertyOf(lines.slice(event), 'SUMMARY'));
  return { method: method.trim().toUpperCase(), summary: summary.slice(0, MAX_SUMMARY) };
}

function findCalendar(part: MimePart): MimePart | null {
  if (part.contentType === 'text/calendar' || part.contentType === 'application/ics') return part;
  for (const child of part.children) {
    const found = findCalendar(child);
    if (found) return found;
  }
  return null;
}

/** Value of the first `NAME:value` or `NAME;parameters:value` line. */
function propertyOf(lines: readonly string[], name: string): string {
  const line = lines.find((candidate) => new RegExp(`^${name}[;:]`, 'i').test(candidate)) ?? '';
  return line.slice(line.indexOf(':') + 1).trim();
}

/** RFC 5545 §3.3.11. */
function unescaped(value: string): string {
  return value
    .replaceAll(/\\([nN])/g, ' ')
    .replaceAll(/\\(.)/g, '$1')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
