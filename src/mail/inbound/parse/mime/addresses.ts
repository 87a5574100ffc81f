import type { MailAddress } from '../../inbound-mail.ts';
import { BeyondLimit, PARSE_LIMITS } from '../limits.ts';
import { decodeHeaderText } from './header-words.ts';

/** One mailbox as it is being read: everything raw, because encoded words are decoded only after the structure. */
interface Draft {
  phrase: string;
  angle: string | null;
  comment: string;
}

/** Counts the addresses of a whole message against the limit. */
export interface AddressBudget {
  left: number;
}

const MAX_NAME = 1000;
/** Longer than any address that can be mailed to (RFC 5321 §4.5.3.1). */
const MAX_ADDRESS = 1000;
const MAX_PHRASE = 2000;

export const addressBudget = (): AddressBudget => ({ left: PARSE_LIMITS.addresses });

/**
 * Mailboxes of an address header (RFC 5322 §3.4), given raw. Structure is read before any encoded word is decoded, so
 * `=?utf-8?q?=3Cboss=40corp=3E?=` can never become an address (T18). Groups are flattened; entries with neither an
 * address nor a name are left out. Throws `BeyondLimit` when the budget of the message is used up.
 */
export function parseAddresses(raw: string | null, hint: string | null, budget = addressBudget()): MailAddress[] {
  if (raw === null) return [];
  const found: MailAddress[] = [];
  for (const draft of joinBrokenNames(readDrafts(raw))) {
    const mailbox = toAddress(draft, hint);
    if (mailbox.address === '' && mailbox.name === '') continue;
    if (budget.left-- <= 0) throw new BeyondLimit('too-many-addresses');
    found.push(mailbox);
  }
  return found;
}

/** `John Doe <john@example.com>`, `john@example.com` or `John Doe [mailto:john@example.com]` in a body line. */
export function parseWrittenAddress(text: string): MailAddress {
  const plain = text
    .slice(0, MAX_NAME)
    .replaceAll(/<mailto:[^<>]*>/gi, '')
    .replaceAll('*', '')
    .replace(/\[(?:mailto:)?\s*([^[\]\s]+@[^[\]\s]+)\s*\]/i, '<$1>');
  const [first] = joinBrokenNames(readDrafts(plain.replace(/\((\S+@[^\s()]+)\)/, '<$1>')));
  if (!first) return { address: '', name: '' };
  const { address } = toAddress(first, null);
  // Body text is decoded already: its name is taken as it stands, a company in brackets with it.
  const bracket = plain.indexOf('<');
  const printed = bracket > 0 && !plain.slice(0, bracket).includes('@') ? plain.slice(0, bracket) : first.phrase;
  const name = first.angle === null && address !== '' ? '' : unquoted(printed);
  return { address, name: name.replace(/^['"]+|['"]+$/g, '').trim() };
}

function readDrafts(raw: string): Draft[] {
  const drafts: Draft[] = [];
  let draft: Draft = { phrase: '', angle: null, comment: '' };
  const close = () => {
    draft.phrase = draft.phrase.slice(0, MAX_NAME);
    if (draft.phrase.trim() !== '' || draft.angle !== null || draft.comment !== '') drafts.push(draft);
    draft = { phrase: '', angle: null, comment: '' };
  };
  let quotable = true;
  for (let i = 0; i < raw.length; i++) {
    const char = raw[i] ?? '';
    if (char === '"' && quotable) {
      const end = quotedEnd(raw, i);
      // Looking for the end of every quote that is never closed would be quadratic.
      quotable = end > i + 1;
      if (draft.phrase.length < MAX_PHRASE) draft.phrase += raw.slice(i, end);
      i = end - 1;
    } else if (char === '(') {
      const end = commentEnd(raw, i);
      if (draft.comment.length < MAX_PHRASE) draft.comment += ` ${raw.slice(i + 1, end - 1)}`;
      i = end - 1;
    } else if (char === '<') {
      const end = angleEnd(raw, i);
      const inner = raw.slice(i + 1, end - 1);
      if (draft.angle === null || !draft.angle.includes('@')) draft.angle = inner;
      i = end - 1;
    } else if (char === ',' || char === ';') close();
    // A group's name (RFC 5322 §3.4) is no mailbox.
    else if (
      char === ':' &&
      draft.angle === null &&
      !draft.phrase.includes('@') &&
      !/^\s*mailto$/i.test(draft.phrase)
    ) {
      draft.phrase = '';
    } else if (draft.phrase.length < MAX_PHRASE) draft.phrase += char;
  }
  close();
  return drafts;
}

/** Behind the end quote; a quote that is never closed is an ordinary character. */
function quotedEnd(raw: string, at: number): number {
  for (let i = at + 1; i < raw.length; i++) {
    if (raw[i] === '\\') i++;
    else if (raw[i] === '"') return i + 1;
  }
  return at + 1;
}

function commentEnd(raw: string, at: number): number {
  let depth = 0;
  for (let i = at; i < raw.length; i++) {
    if (raw[i] === '\\') i++;
    else if (raw[i] === '(') depth++;
    else if (raw[i] === ')' && --depth === 0) return i + 1;
  }
  return raw.length + 1;
}

/** Behind the closing bracket; an address that is never closed ends before the next separator. */
function angleEnd(raw: string, at: number): number {
  let hasAt = false;
  for (let i = at + 1; i < raw.length; i++) {
    if (raw[i] === '>') return raw[i + 1] === '>' ? i + 2 : i + 1;
    if (raw[i] === '@') hasAt = true;
    if (raw[i] === ',' && hasAt) return i + 1;
  }
  return raw.length + 1;
}

/** `Doe, John <john@example.com>` without quotes: a word without address before one with a bracket is its name. */
function joinBrokenNames(drafts: Draft[]): Draft[] {
  const joined: Draft[] = [];
  let names: string[] = [];
  for (const draft of drafts) {
    if (draft.angle === null && !draft.phrase.includes('@') && draft.comment === '') names.push(draft.phrase.trim());
    else if (names.length > 0 && draft.angle !== null && draft.phrase.trim() !== '') {
      joined.push({ ...draft, phrase: [...names, draft.phrase.trim()].join(', ') });
      names = [];
    } else {
      joined.push(...names.map(nameOnly), draft);
      names = [];
    }
  }
  return [...joined, ...names.map(nameOnly)];
}

const nameOnly = (phrase: string): Draft => ({ phrase, angle: null, comment: '' });

function toAddress(draft: Draft, hint: string | null): MailAddress {
  const bare = draft.angle === null ? findBareAddress(draft.phrase) : null;
  const address = normalizeAddress(draft.angle ?? bare ?? '');
  const phrase = bare === null || address === '' ? draft.phrase : draft.phrase.replace(bare, ' ');
  const name = decodeHeaderText(unquoted(phrase), hint).replaceAll(/\s+/g, ' ').trim();
  const fallback = () => decodeHeaderText(draft.comment.trim(), hint).replaceAll(/\s+/g, ' ').trim();
  return { address, name: name === '' ? fallback() : name };
}

/** The word with an `@` of an entry without brackets. Text in quotes is a name, whatever it looks like. */
function findBareAddress(phrase: string): string | null {
  if (/^\s*"[^"]*"@\S+\s*$/.test(phrase)) return phrase.trim();
  const outside = phrase.includes('"') ? phrase.replaceAll(/"[^"]*"/g, ' ') : phrase;
  const words = outside.split(/\s+/).filter((word) => word.includes('@'));
  if (words.length > 0) return words[0]?.length === 1 ? outside : (words[0] ?? null);
  const quoted = /^\s*["']+([^\s"'@]+@[^\s"'@]+)["']+\s*$/.exec(phrase);
  return quoted?.[1] ?? null;
}

/** An addr-spec with its domain in lower case; '' when it cannot be mailed to. */
function normalizeAddress(raw: string): string {
  if (raw.length > MAX_ADDRESS) return '';
  let text = raw
    .trim()
    .replace(/^mailto:/i, '')
    .replace(/^<+|>+$/g, '')
    .replace(/^\[([^[\]]+@[^[\]]+)\]$/, '$1');
  // A route, RFC 5322 §4.4: `<@relay:john@example.com>`.
  if (text.startsWith('@') && text.includes(':')) text = text.slice(text.indexOf(':') + 1);
  if (!text.startsWith('"')) text = withoutSpace(text).replace(/^'+|'+$/g, '');
  text = decodeUtf8(text);
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at);
  const domain = text
    .slice(at + 1)
    .toLowerCase()
    .replace(/\.$/, '');
  if (at <= 0 || domain === '' || !isLocalPart(local) || /[\s<>()",;:@\\]/.test(domain.replace(/^\[.*\]$/, '')))
    return '';
  return `${local}@${domain}`;
}

/** White space round the dots and the `@` is obsolete (RFC 5322 §4.4); before a whole address it parts words from it. */
function withoutSpace(text: string): string {
  const last = text.slice(Math.max(text.lastIndexOf(' '), text.lastIndexOf('\t')) + 1);
  return last !== text && /^[^\s@]+@[^\s@]+$/.test(last) && !/[.@]\s*$/.test(text.slice(0, -last.length))
    ? last
    : text.replaceAll(/\s/g, '');
}

/** A dot-atom as lenient as the world is, or a quoted string; encoded words never become an address. */
function isLocalPart(local: string): boolean {
  if (local.startsWith('"')) return local.endsWith('"') && local.length > 2;
  return !/[\s<>()[\]",;:@\\\0]/.test(local) && !local.includes('=?');
}

/** RFC 6532: addresses may be UTF-8. Bytes that are not stay as they are. */
function decodeUtf8(text: string): string {
  // eslint-disable-next-line no-control-regex
  if (/^[\x00-\x7f]*$/.test(text) || /[^\x00-\xff]/.test(text)) return text;
  const decoded = Buffer.from(text, 'latin1').toString('utf8');
  return decoded.includes('\ufffd') ? text : decoded;
}

/** The phrase without the quotes of its quoted strings, RFC 5322 §3.2.4. */
function unquoted(phrase: string): string {
  if (!phrase.includes('"') && !phrase.includes('\\')) return phrase.trim();
  return phrase.replaceAll(/"((?:[^"\\]|\\.)*)"/g, (_, inner: string) => inner.replaceAll(/\\(.)/g, '$1')).trim();
}
