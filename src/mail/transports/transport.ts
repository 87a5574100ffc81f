import type { Finding } from '../sources/finding.ts';

/** One message for one recipient (RFC 5321 §3.3). `from` '' is the null reverse-path <>. */
export interface Delivery {
  envelope: { from: string; to: string };
  mime: Buffer;
  /**
   * Awaited when the recipient is accepted and no byte of the message is out yet: the last moment at which it is certain that the
   * message was not sent.
   */
  beforeData?: () => Promise<void>;
}

/** What became of a message, told from what the server said and what had been handed over by then. */
export type SendResult =
  /** The server took it. */
  | { kind: 'sent'; response: string }
  /** The server refused this message; permanent: it will never take it; sender: because of the envelope's sender, before anything else was said. */
  | { kind: 'refused'; code: number; response: string; permanent: boolean; sender?: boolean }
  /** Not sent, and it is not the message's fault: no connection, no login, or the connection ended before the message did. */
  | { kind: 'unreached'; error: string }
  /** The message was handed over whole and no answer came. It was sent, perhaps. */
  | { kind: 'unknown'; error: string };

/** A message that was handed over before, perhaps. */
export interface Sought {
  /** As we wrote it. */
  messageId: string;
  recipient: string;
  /** It was not sent before. */
  since: Date;
}

export interface MailTransport {
  /** Looks for a message that was sent, perhaps; null: it is not there. Without it nobody can know. */
  find?(sought: Sought): Promise<SendResult | null>;
  /** Looks at everything that may keep it from sending. Sends nothing. */
  examine?(): Promise<Finding[]>;
  /** Never throws for what a server or network does. May be called in parallel. */
  send(delivery: Delivery): Promise<SendResult>;
  /** Ends idle connections now and busy ones after their message. */
  close(): Promise<void>;
}
