import { endingOfType } from './file-types.ts';
import { cleanFilename } from './filename.ts';
import type { ParameterHeader } from './header-params.ts';
import { decodeHeaderText } from './header-words.ts';
import type { MimePart } from './mime-parts.ts';
import { firstField, readHeaderFields } from './raw-message.ts';

/** What nameless files of a kind are called. */
const KINDS: Readonly<Record<string, string>> = {
  'message/delivery-status': 'delivery-status.txt',
  'message/disposition-notification': 'disposition-notification.txt',
  'message/feedback-report': 'feedback-report.txt',
  'text/rfc822-headers': 'headers.txt',
  'text/calendar': 'calendar.ics',
  'text/plain': 'document.txt',
  'text/html': 'document.html',
  'application/pgp-signature': 'signature.asc',
  'application/pkcs7-signature': 'smime.p7s',
  'application/x-pkcs7-signature': 'smime.p7s',
  'application/pkcs7-mime': 'smime.p7m',
  'application/x-pkcs7-mime': 'smime.p7m',
};
const SUBJECT_BYTES = 64 * 1024;
/** `photo.jpg`: something that was a file name where it came from. */
const NAME = /^[^\s/\\<>]{1,100}\.[A-Za-z][A-Za-z0-9]{1,4}$/;

/**
 * The name the sender gave a file: `filename` of the disposition or `name` of the type (RFC 2183 §2.3). A name that
 * lost its letters to a charset too small for them yields to one that has them.
 */
export function writtenName(disposition: ParameterHeader, type: ParameterHeader): string {
  const names = [disposition, disposition, type, type].flatMap(
    ({ params }, at) => params.get(at === 0 || at === 3 ? 'filename' : 'name')?.trim() || [],
  );
  return names.find((name) => !/\ufffd|\?\?/.test(name)) ?? names[0] ?? '';
}

/**
 * A name to show and save a file by, never empty: the sender's, or one found in its other headers, or of its kind
 * (`image.jpg`). An attached message is called by its subject.
 */
export function partName(part: MimePart): string {
  const header = (name: string) => decodeHeaderText(firstField(part.fields, name) ?? '').trim();
  const location = header('content-location').split(/[?#]/)[0] ?? '';
  const candidates = [location.slice(location.lastIndexOf('/') + 1), header('content-description'), cidName(part)];
  return (
    cleanFilename(part.filename) ||
    cleanFilename(candidates.find((candidate) => NAME.test(candidate)) ?? '') ||
    nameOfKind(part) ||
    cleanFilename(cidName(part)) ||
    'file'
  );
}

/** Outlook makes Content-IDs of names: `image001.jpg@01CDB132.D8A510F0`. */
function cidName(part: MimePart): string {
  const id = part.contentId ?? '';
  return id.slice(0, Math.max(0, id.indexOf('@'))).slice(0, 100);
}

function nameOfKind(part: MimePart): string {
  const { contentType } = part;
  if (contentType === 'message/rfc822') return `${subjectOf(part) || 'message'}.eml`;
  const ending = endingOfType(contentType);
  const [family = ''] = contentType.split('/');
  const stem = ['image', 'audio', 'video'].includes(family) ? family : 'document';
  return KINDS[contentType] ?? (ending === null ? '' : `${stem}.${ending}`);
}

function subjectOf(part: MimePart): string {
  try {
    const fields = readHeaderFields(part.bytes.subarray(0, SUBJECT_BYTES));
    const subject = decodeHeaderText(firstField(fields, 'subject') ?? '');
    return cleanFilename(
      subject
        .replaceAll(/[\s/\\:]+/g, ' ')
        .trim()
        .slice(0, 150),
    );
  } catch {
    return '';
  }
}
