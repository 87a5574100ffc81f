import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import DKIM from 'nodemailer/lib/dkim';
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
  /** Of bulk mail: where a POST ends it (RFC 8058). */
  unsubscribe?: string | null;
}

/** What mail of a domain is signed with (RFC 6376). */
export interface DkimKey {
  domain: string;
  selector: string;
  /** PEM */
  privateKey: string;
}

/** A value that cannot stand in a header: the message must not go out. */
export class UnsafeHeader extends Error {
  override readonly name = 'UnsafeHeader';
}

/**
 * The message as bytes: RFC 5322, CRLF, lines up to 76, text and html. The same input gives the same bytes. Throws UnsafeHeader when an
 * address, a name, an id or the subject holds a line end or another control character (T17). Signed when there is a key.
 */
export async function composeMessage(mail: OutboundMail, dkim: DkimKey | null = null): Promise<Buffer> {
  const { from, to, replyTo, messageId, inReplyTo, references, subject, unsubscribe = null } = mail;
  for (const address of [from.address, to.address, replyTo]) refuseUnsafe('address', address, ADDRESS);
  for (const id of [messageId, ...references, ...(inReplyTo ? [inReplyTo] : [])])
    refuseUnsafe('message id', id, MESSAGE_ID);
  for (const line of [from.name, to.name, subject]) refuseUnsafe('header', line, LINE);

  if (unsubscribe !== null) refuseUnsafe('link', unsubscribe, LINK);

  const bytes = await new MailComposer({
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
    headers: {
      ...(mail.submitted && { 'Auto-Submitted': mail.submitted, 'X-Auto-Response-Suppress': 'All' }),
      ...(unsubscribe !== null && {
        'List-Unsubscribe': `<${unsubscribe}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      }),
    },
    attachments: mail.files.map(attachment),
    encoding: 'quoted-printable',
    newline: 'win',
    baseBoundary: createHash('sha256').update(messageId).digest('hex').slice(0, 24),
    disableFileAccess: true,
    disableUrlAccess: true,
  })
    .compile()
    .build();
  return dkim ? sign(bytes, dkim) : bytes;
}

/** RFC 6376 §5.4.1, and what RFC 8058 §4 asks for. */
const SIGNED =
  'From:To:Reply-To:Subject:Date:Message-ID:In-Reply-To:References:MIME-Version:Content-Type:Auto-Submitted:List-Unsubscribe:List-Unsubscribe-Post';

/** The same bytes get the same signature (RSA, and no time in it), so that every try sends the same. */
async function sign(bytes: Buffer, { domain, selector, privateKey }: DkimKey): Promise<Buffer> {
  const signer = new DKIM({ domainName: domain, keySelector: selector, privateKey, headerFieldNames: SIGNED });
  return buffer(signer.sign(bytes));
}

/** One addr-spec and nothing around it: no list, no group, no route, no comment. */
const ADDRESS = /^[^\s"(),:;<>@[\\\]\p{Cc}\u2028\u2029]+@[^\s"(),:;<>@[\\\]\p{Cc}\u2028\u2029]+$/u;
const MESSAGE_ID = /^<[\x21-\x3b\x3d\x3f-\x7e]{1,250}>$/;
const LINK = /^https?:\/\/[\x21-\x3b\x3d\x3f-\x7e]{1,600}$/;
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
