import { createHash } from 'node:crypto';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { MailAddress } from '../inbound/inbound-mail.ts';

/** A file to be sent along. */
export interface OutboundFile {
  filename: string;
  contentType: string;
  bytes: Buffer;
}

/** A message before it is bytes. Every value is one line, but `text` and `html`. */
export interface OutboundMail {
  from: MailAddress;
  to: MailAddress;
  replyTo: string;
  /** With angle brackets, like all ids here. */
  messageId: string;
  inReplyTo: string | null;
  references: readonly string[];
  date: Date;
  subject: string;
  text: string;
  html: string;
  /** Auto-Submitted (RFC 3834 §5). null: a person wrote it, and nothing may say otherwise. */
  submitted: 'auto-replied' | 'auto-generated' | null;
  files: readonly OutboundFile[];
}

/** A value that cannot stand in a header: the message must not go out. */
export class UnsafeHeader extends Error {
  override readonly name = 'UnsafeHeader';
}

/**
 * The message as bytes: RFC 5322, CRLF, lines up to 76, text and html. The same input gives the same bytes. Throws UnsafeHeader when an
 * address, a name, an id or the subject holds a line end or another control character (T17).
 */
export async function composeMessage(mail: OutboundMail): Promise<Buffer> {
  const { from, to, replyTo, messageId, inReplyTo, references, subject } = mail;
  for (const address of [from.address, to.address, replyTo]) refuseUnsafe('address', address, ADDRESS);
  for (const id of [messageId, ...references, ...(inReplyTo ? [inReplyTo] : [])])
    refuseUnsafe('message id', id, MESSAGE_ID);
  for (const line of [from.name, to.name, subject]) refuseUnsafe('header', line, LINE);

  return new MailComposer({
    from,
    to,
    replyTo: { name: '', address: replyTo },
    messageId,
    ...(inReplyTo && { inReplyTo }),
    references: [...references],
    date: mail.date,
    subject,
    text: mail.text,
    html: mail.html,
    headers: mail.submitted ? { 'Auto-Submitted': mail.submitted, 'X-Auto-Response-Suppress': 'All' } : {},
    attachments: mail.files.map(attachment),
    encoding: 'quoted-printable',
    newline: 'win',
    baseBoundary: createHash('sha256').update(messageId).digest('hex').slice(0, 24),
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();
}

/** One addr-spec and nothing around it: no list, no group, no route, no comment. */
const ADDRESS = /^[^\s"(),:;<>@[\\\]\p{Cc}\u2028\u2029]+@[^\s"(),:;<>@[\\\]\p{Cc}\u2028\u2029]+$/u;
const MESSAGE_ID = /^<[\x21-\x3b\x3d\x3f-\x7e]{1,250}>$/;
const LINE = /^[^\p{Cc}\u2028\u2029]{0,500}$/u;

function refuseUnsafe(what: string, value: string, form: RegExp): void {
  if (!form.test(value)) throw new UnsafeHeader(`It cannot be sent: the ${what} is not one plain line`);
}

/** Base64 whatever the type: a message/rfc822 left as it is could hold lines that break ours. */
function attachment({ filename, contentType, bytes }: OutboundFile) {
  const type = /^[\w.+-]+\/[\w.+-]+$/.test(contentType) && !/^(message|multipart)\//i.test(contentType);
  return {
    filename: fileName(filename),
    contentType: type ? contentType : 'application/octet-stream',
    contentDisposition: 'attachment' as const,
    contentTransferEncoding: 'base64' as const,
    content: bytes,
  };
}

function fileName(name: string): string {
  return name.replace(/[\p{Cc}\p{Cf}\u2028\u2029"\\/]+/gu, '_').slice(0, 200) || 'file';
}
