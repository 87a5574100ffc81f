import type { CalendarMethod, MailWrapper } from '../../inbound-mail.ts';
import type { MimePart } from '../mime/mime-parts.ts';

const METHODS: ReadonlySet<string> = new Set<CalendarMethod>([
  'publish',
  'request',
  'reply',
  'add',
  'cancel',
  'refresh',
  'counter',
  'declinecounter',
]);
const CALENDAR_READ = 20_000;

/** What a calendar part of the message does (iTIP, RFC 5546; iMIP, RFC 6047), or null when there is none. */
export function calendarMethod(part: MimePart): CalendarMethod | null {
  if (part.contentType === 'text/calendar' || part.contentType === 'application/ics') {
    const named =
      part.params.get('method') ?? /^METHOD:([A-Z]{1,20})/im.exec(part.bytes.toString('latin1', 0, CALENDAR_READ))?.[1];
    const method = (named ?? 'publish').trim().toLowerCase();
    return METHODS.has(method) ? (method as CalendarMethod) : 'publish';
  }
  for (const child of part.children) {
    const found = calendarMethod(child);
    if (found !== null) return found;
  }
  return null;
}

/** The signature or encryption around the message or most of it: S/MIME (RFC 8551), PGP/MIME (RFC 3156), PGP in the text. */
export function wrapperOf(part: MimePart, text: string): MailWrapper | null {
  return wrapperPart(part) ?? armor(text);
}

function wrapperPart(part: MimePart): MailWrapper | null {
  const protocol = (part.params.get('protocol') ?? '').toLowerCase();
  if (part.contentType === 'multipart/signed') return protocol.includes('pgp') ? 'pgp-signed' : 'smime-signed';
  if (part.contentType === 'multipart/encrypted') return 'pgp-encrypted';
  if (/^application\/(?:x-)?pkcs7-mime$/.test(part.contentType))
    return part.params.get('smime-type')?.toLowerCase() === 'signed-data' ? 'smime-signed' : 'smime-encrypted';
  // A mailing list or a gateway may have put its footer beside it.
  for (const child of part.children) {
    const found = child.contentType.startsWith('message/') ? null : wrapperPart(child);
    if (found !== null) return found;
  }
  return null;
}

function armor(text: string): MailWrapper | null {
  const head = text.trimStart();
  if (head.startsWith('-----BEGIN PGP MESSAGE-----')) return 'pgp-encrypted';
  return head.startsWith('-----BEGIN PGP SIGNED MESSAGE-----') ? 'pgp-signed' : null;
}
