import { typeOfName } from './file-types.ts';

const VALID = /^[a-z0-9!#$&^_.+*-]+\/[a-z0-9!#$&^_.+*-]+$/;
/** What people write who know no RFC. */
const SHORT: Readonly<Record<string, string>> = { text: 'text/plain', plain: 'text/plain', html: 'text/html' };

/**
 * `type/subtype` from the value of a Content-Type header, given in lower case; null when there is none and nothing else
 * tells it. A missing or unreadable type of a file is told by the ending of its name, of anything else it is text (RFC 2045 §5.2).
 */
export function mediaType(value: string, disposition: string, filename: string): string | null {
  const [type = ''] = value.split(/[\s,]/);
  if (VALID.test(type)) return type;
  if (SHORT[type] !== undefined) return SHORT[type];
  if (filename !== '') return typeOfName(filename) ?? 'application/octet-stream';
  if (disposition === 'attachment') return 'application/octet-stream';
  return null;
}
