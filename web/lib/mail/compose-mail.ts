import { base64Lines, foldHeader, headerParameter, headerText, oneLine } from './encode-header.ts';
import { formatMailAddress, type MailAddress } from './mail-address.ts';

/** A mail as someone writes it. */
export interface Draft {
  from: MailAddress;
  to: MailAddress;
  subject: string;
  body: string;
  /** Message-ID of the mail that this one answers, with its angle brackets. */
  inReplyTo?: string | null;
  /** Message-IDs of the thread, oldest first, without the one above. */
  references?: readonly string[];
  files?: readonly { name: string; type: string; bytes: Uint8Array }[];
}

/** What makes each mail one of its kind. `id` is the left side of the Message-ID, `boundary` must not occur in any part. */
export interface Stamp {
  date: Date;
  id: string;
  boundary: string;
}

const encoder = new TextEncoder();

/** The message as it goes over the wire: RFC 5322 with CRLF, text in UTF-8 and base64 (RFC 2045), files in multipart/mixed (RFC 2046). */
export function composeMail(draft: Draft, stamp: Stamp): string {
  const host = draft.from.address.split('@').at(-1) ?? 'localhost';
  const head = [
    foldHeader('From', formatMailAddress(draft.from)),
    foldHeader('To', formatMailAddress(draft.to)),
    foldHeader('Subject', headerText(draft.subject)),
    `Date: ${mailDate(stamp.date)}`,
    `Message-ID: <${stamp.id}@${host}>`,
    ...threadHeaders(draft),
    'MIME-Version: 1.0',
  ];
  const files = draft.files ?? [];
  const body = files.length > 0 ? mixed(draft.body, files, stamp.boundary) : textPart(draft.body);
  return `${[...head, ...body].join('\r\n')}\r\n`;
}

function threadHeaders({ inReplyTo, references = [] }: Draft): string[] {
  if (!inReplyTo) return [];
  const parent = oneLine(inReplyTo);
  const thread = [...references.map(oneLine).filter((id) => id !== '' && id !== parent), parent];
  return [foldHeader('In-Reply-To', parent), foldHeader('References', thread.join(' '))];
}

function textPart(body: string): string[] {
  const text = body.replaceAll(/\r\n|\r|\n/g, '\r\n');
  return [
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    base64Lines(encoder.encode(text)),
  ];
}

function mixed(body: string, files: NonNullable<Draft['files']>, boundary: string): string[] {
  const parts = [textPart(body), ...files.map(filePart)].flatMap((part) => [`--${boundary}`, ...part]);
  return [`Content-Type: multipart/mixed; boundary="${boundary}"`, '', ...parts, `--${boundary}--`];
}

function filePart({ name, type, bytes }: NonNullable<Draft['files']>[number]): string[] {
  const kind = /^[\w.+-]+\/[\w.+-]+$/.test(type) ? type : 'application/octet-stream';
  return [
    `Content-Type: ${kind};`,
    ` ${headerParameter('name', name)}`,
    'Content-Disposition: attachment;',
    ` ${headerParameter('filename', name)}`,
    'Content-Transfer-Encoding: base64',
    '',
    base64Lines(bytes),
  ];
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The date of a mail in UTC (RFC 5322 §3.3). */
export function mailDate(date: Date): string {
  const two = (number: number) => String(number).padStart(2, '0');
  const day = `${DAYS[date.getUTCDay()]}, ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  return `${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}

/** A stamp of now; random enough to be the only one. */
export function stampNow(): Stamp {
  return { date: new Date(), id: randomHex(), boundary: `part-${randomHex()}` };
}

// randomUUID exists on secure pages only; a desk on a local network is none.
function randomHex(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The text of a mail, quoted line by line below a line that says who wrote it when. */
export function quoted(intro: string, text: string): string {
  const lines = text.replaceAll('\r\n', '\n').trimEnd().split('\n');
  return `${intro}\n${lines.map((line) => (line.startsWith('>') ? `>${line}` : `> ${line}`).trimEnd()).join('\n')}`;
}
