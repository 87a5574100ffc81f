import type { Output } from '#contract/client.ts';
import { quoted } from './compose-mail.ts';

export type LocalMessage = Output<'readLocalMail'>;

/** A mail that someone begins to write: what is filled in already, and the thread it belongs to. */
export interface Letter {
  from: string;
  to: string;
  subject: string;
  body: string;
  inReplyTo: string | null;
  references: readonly string[];
}

/** A first mail to the desk. */
export function writeToDesk(from: string, to: string): Letter {
  return { from, to, subject: '', body: '', inReplyTo: null, references: [] };
}

/** The answer of whoever got a mail: from the address it went to, to its Reply-To, with the original quoted below (RFC 5322 §3.6.4). */
export function replyTo(mail: LocalMessage, intro: string, subject: string): Letter {
  return {
    from: mail.to[0] ?? '',
    to: mail.reply_to[0] ?? mail.from,
    subject,
    body: `\n\n${quoted(intro, mail.text)}`,
    inReplyTo: mail.message_id,
    references: mail.references,
  };
}
