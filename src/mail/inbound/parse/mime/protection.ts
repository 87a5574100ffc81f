import type { MailProtection } from '../../inbound-mail.ts';
import type { MimePart } from './mime-parts.ts';

/** Content types of RFC 8551 (S/MIME) and RFC 3156 (PGP/MIME), some with the prefix of their youth. */
const PKCS7_MIME = /^application\/(?:x-)?pkcs7-mime$/;
const SIGNATURES: readonly { type: RegExp; protection: MailProtection }[] = [
  { type: /^application\/(?:x-)?pkcs7-signature$/, protection: { by: 'smime', kind: 'signed' } },
  { type: /^application\/pgp-signature$/, protection: { by: 'pgp', kind: 'signed' } },
];
/** `-----BEGIN PGP …-----` at the start of a line that nobody quoted. */
const ARMOR = /^-----BEGIN PGP (SIGNED MESSAGE|MESSAGE)-----\s*$/m;
/** DER of the object identifiers of CMS content (RFC 5652) up to the number that tells the kind. */
const CMS = Buffer.from('2a864886f70d0107', 'hex');
const SIGNED_DATA = 2;
const SEARCHED_BYTES = 200;

/** How a message is signed or encrypted, from its parts and its text; null when it is neither. Nothing is checked or opened. */
export function readProtection(root: MimePart, text: string): MailProtection | null {
  return fromParts(root) ?? fromArmor(text);
}

function fromParts(part: MimePart): MailProtection | null {
  const { contentType, params, children } = part;
  if (contentType === 'multipart/signed') {
    const signature = (params.get('protocol') ?? children.at(-1)?.contentType ?? '').toLowerCase();
    return SIGNATURES.find(({ type }) => type.test(signature))?.protection ?? null;
  }
  if (contentType === 'multipart/encrypted') return { by: 'pgp', kind: 'encrypted' };
  if (PKCS7_MIME.test(contentType)) return fromCms(part);
  // Lists and scanners put their own multipart around what they were given.
  for (const child of children) {
    const found = fromParts(child);
    if (found) return found;
  }
  return null;
}

/** `smime-type`, or what the bytes begin with. A bundle of certificates protects nothing. */
function fromCms({ params, bytes }: MimePart): MailProtection | null {
  const type = (params.get('smime-type') ?? '').toLowerCase();
  if (type === 'certs-only' || type === 'compressed-data') return null;
  const at = bytes.subarray(0, SEARCHED_BYTES).indexOf(CMS);
  const signed = type === '' ? at >= 0 && bytes[at + CMS.length] === SIGNED_DATA : type === 'signed-data';
  return { by: 'smime', kind: signed ? 'signed' : 'encrypted' };
}

function fromArmor(text: string): MailProtection | null {
  const armor = ARMOR.exec(text)?.[1];
  return armor === undefined ? null : { by: 'pgp', kind: armor === 'MESSAGE' ? 'encrypted' : 'signed' };
}
