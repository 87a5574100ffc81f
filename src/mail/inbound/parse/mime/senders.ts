import type { InboundMail, MailAddress } from '../../inbound-mail.ts';
import { parseAddresses, type AddressBudget } from './addresses.ts';
import { decodeHeaderText } from './header-words.ts';
import type { HeaderField } from './raw-message.ts';

type Author = Pick<InboundMail, 'from' | 'fromSource'>;

const NOBODY: MailAddress = { address: '', name: '' };
/** With several authors the Sender is who sent it (RFC 5322 §3.6.2); without one, who wants the answer. */
const FALLBACKS = {
  several: ['sender', 'reply-to', 'return-path'],
  none: ['reply-to', 'sender', 'return-path'],
} as const;

/**
 * The author of a message. Exactly one From header with exactly one usable address is believed to name one; in any
 * other case Reply-To, Sender and Return-Path are tried, and the source says so (T18). A message with several authors
 * and nothing else keeps the first, from source `none`.
 */
export function readAuthor(fields: readonly HeaderField[], hint: string | null, budget: AddressBudget): Author {
  const headers = fields.filter((field) => field.name === 'from');
  const authors = headers.flatMap((field) => parseAddresses(field.value, hint, budget));
  const [first] = authors.filter(({ address }) => address !== '');
  if (first && headers.length === 1 && authors.length === 1) return { from: first, fromSource: 'from' };
  for (const source of first ? FALLBACKS.several : FALLBACKS.none) {
    const [found] = readAddresses(fields, source, hint, budget).filter(({ address }) => address !== '');
    if (found)
      return { from: { address: found.address, name: found.name || (authors[0]?.name ?? '') }, fromSource: source };
  }
  return {
    from: first ?? localAuthor(headers, hint) ?? { ...NOBODY, name: authors[0]?.name ?? '' },
    fromSource: 'none',
  };
}

/** `MAILER-DAEMON (Mail System)`, `Moderator <moderator>`: a name of the sender's own host, for people to read. */
function localAuthor(headers: readonly HeaderField[], hint: string | null): MailAddress | null {
  const [header, ...more] = headers;
  const value = header?.value.slice(0, 500).trim() ?? '';
  const match = /^([^<>()"]*)<([\w.+-]{1,64})>$/.exec(value) ?? /^()([\w.+-]{1,64})\s{0,9}\(([^()]*)\)$/.exec(value);
  if (!match || more.length > 0) return null;
  const [, phrase = '', address = '', comment = ''] = match;
  return { address, name: decodeHeaderText(phrase.trim() || comment, hint).trim() };
}

/** Addresses of all headers of one name. */
export function readAddresses(
  fields: readonly HeaderField[],
  name: string,
  hint: string | null,
  budget: AddressBudget,
): MailAddress[] {
  return fields.filter((field) => field.name === name).flatMap((field) => parseAddresses(field.value, hint, budget));
}
