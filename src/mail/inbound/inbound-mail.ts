/** One mailbox of a message, RFC 5322 §3.4. `address` is lower-cased in the domain only; '' when unusable. */
export interface MailAddress {
  address: string;
  name: string;
}

/** One file of a message. Its bytes are already in the blob store under `sha256`. */
export interface MailAttachment {
  /** The sender's name for it, or one found or made for it; never empty, without any path. */
  filename: string;
  contentType: string;
  /** Decoded size in bytes. */
  size: number;
  /** Lower-case hex of the decoded bytes; the key of the blob store. */
  sha256: string;
  /** Content-ID without angle brackets (RFC 2392), when the html may point to it. */
  contentId: string | null;
  inline: boolean;
}

/** What a delivery status notification says of one recipient, RFC 3464 §2.3. */
export interface DeliveryStatus {
  recipient: string;
  action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';
  /** Enhanced status code such as 5.1.1 (RFC 3463), when given. */
  status: string | null;
  diagnostic: string | null;
}

export type CalendarMethod =
  'publish' | 'request' | 'reply' | 'add' | 'cancel' | 'refresh' | 'counter' | 'declinecounter';
export type MailWrapper = 'smime-signed' | 'smime-encrypted' | 'pgp-signed' | 'pgp-encrypted';

/** What a message is, told from its headers and parts. */
export interface MailClass {
  /** An answer or notice that no person wrote (RFC 3834 and what people do instead of it). */
  autoReply: boolean;
  /** Failed or delayed delivery (RFC 3464). */
  bounce: boolean;
  /** RFC 5230 §4.6 and friends: it must never be answered automatically. */
  noAutoAnswer: boolean;
  /** It came through a mailing list (RFC 2369, RFC 2919). */
  list: boolean;
  /** Somebody's provider reports our mail as spam (RFC 5965): neither a bounce nor a request. */
  abuseReport: boolean;
  /** What its calendar part does: `request` invites, `reply` answers an invitation (RFC 5546); null without one. */
  calendar: CalendarMethod | null;
  /** How it is signed or encrypted; the text of an encrypted one cannot be read. */
  wrapper: MailWrapper | null;
  /** Why, in words an admin can read; one line a rule that fired. */
  reasons: readonly string[];
  delivery: readonly DeliveryStatus[];
  /** Message-ID of the message a bounce is about, with angle brackets. */
  originalMessageId: string | null;
  /** The last of References in that message, when it is one of whom the notice came to: where a provider puts a Message-ID of its own, ours stands there. */
  originalReference: string | null;
}

/** A message that an employee forwarded to the desk. */
export interface ForwardedMail {
  subject: string;
  from: MailAddress;
  /** As the client that forwarded it printed it, in its language; '' when it did not. */
  date: string;
  text: string;
}

/** How the author signed or encrypted the message (RFC 8551, RFC 3156). It is said; nothing is checked or opened. */
export interface MailProtection {
  by: 'smime' | 'pgp';
  kind: 'signed' | 'encrypted';
}

/** A message between calendars (RFC 5546), an invitation when its method is REQUEST. Nobody's calendar is touched (T28). */
export interface CalendarNotice {
  /** REQUEST, REPLY, CANCEL and so on, in upper case. */
  method: string;
  /** What the event is called, on one line; '' when it says nothing. */
  summary: string;
}

/** Words of RFC 8601 §2.7 for one method. */
export type AuthenticationResult =
  'pass' | 'fail' | 'softfail' | 'neutral' | 'policy' | 'none' | 'temperror' | 'permerror' | 'skipped';

/** Result of our own DMARC check (RFC 7489) on the raw bytes. */
export interface SenderAuthentication {
  /** `pass` is the only value that authenticates; `skipped` when nobody asked. */
  dmarc: 'pass' | 'fail' | 'none' | 'temperror' | 'permerror' | 'skipped';
  /** Policy the From domain publishes. */
  policy: 'none' | 'quarantine' | 'reject' | null;
  /** The From domain the result is about. */
  domain: string | null;
  /** Best result of its signatures (RFC 6376), and who signed. It proves nothing without DMARC. */
  dkim: AuthenticationResult;
  /** Result for its envelope (RFC 7208); `skipped` when nobody we trust says where the message came from. */
  spf: AuthenticationResult;
  detail: string;
}

/** An inbound message after parsing: plain data, the only shape the rest of the house sees. Survives JSON. */
export interface InboundMail {
  /** With angle brackets; null when the sender gave none. */
  messageId: string | null;
  inReplyTo: string | null;
  /** In-Reply-To and References (RFC 5322 §3.6.4), newest first, without repeats, with angle brackets, at most 100. */
  references: readonly string[];
  /** The one author. Without a usable one (`fromSource` none) the address is '' or a bare word such as MAILER-DAEMON. */
  from: MailAddress;
  /** How the author was found. Anything but `from` means the From header was missing, empty, repeated or had several addresses. */
  fromSource: 'from' | 'reply-to' | 'sender' | 'return-path' | 'none';
  /** Who sent it for the author (RFC 5322 §3.6.2); null when nobody else did. */
  sender: MailAddress | null;
  replyTo: readonly MailAddress[];
  to: readonly MailAddress[];
  cc: readonly MailAddress[];
  /** Decoded, one line, '' when absent. */
  subject: string;
  /** Date header as ISO 8601 UTC; null when missing or not a date. */
  date: string | null;
  /** When the last server took it, from the topmost Received (RFC 5321 §4.4) as ISO 8601 UTC; null when none says so. */
  received: string | null;
  /** Whole body as text: the text part, or the html rendered to text. */
  text: string;
  /** The html parts as they were sent, unsafe; null when there are none. */
  html: string | null;
  /** Whole body as html after the allowlist, of text with its links made safe; null when nothing is said. */
  safeHtml: string | null;
  /** The new words of this message. Never empty when it has words of its own. */
  reply: string;
  /** What it quotes, shown folded. */
  quoted: string;
  signature: string;
  forward: ForwardedMail | null;
  attachments: readonly MailAttachment[];
  class: MailClass;
  protection: MailProtection | null;
  calendar: CalendarNotice | null;
  authentication: SenderAuthentication;
  /** Number of Received headers, for the loop rule (RFC 5321 §6.3). */
  receivedCount: number;
  /** Lower-cased header names with their unfolded raw values, in order; what `decide` may look at. At most 500. */
  headers: readonly (readonly [name: string, value: string])[];
  /**
   * Hex sha256 over From, Date, Subject, decoded bodies and attachment hashes: together with the Message-ID it tells one
   * logical message from another (T38).
   */
  contentHash: string;
}

/** Why a message could not be parsed. It goes to quarantine with its raw source kept. */
export interface ParseFailure {
  /** Stable word: too-large, timeout, memory, crashed, too-many-parts, too-deep, header-too-large, too-many-addresses, unparsable. */
  code: string;
  /** A sentence for the admin. */
  reason: string;
}

export type ParseResult = { ok: true; mail: InboundMail } | { ok: false; failure: ParseFailure };
