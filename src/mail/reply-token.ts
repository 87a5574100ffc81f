import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Keyring } from '../secrets.ts';
import { splitAddress } from './addresses.ts';

/** The mailbox a token is minted for; `address` is normalised and its local part at most 16 octets. */
export interface TokenMailbox {
  id: number;
  address: string;
}

/** The mailbox that answers and bounces are to come back to. */
export interface ReplyMailbox extends TokenMailbox {
  /** false: its host delivers no support+…@, so its address stays plain; replies and bounces are known by our Message-IDs alone. */
  plusAddressing: boolean;
}

/** `forged`: it has the form of our token, but no key of the ring signed it. Worth a security event, never an authority. */
export type Read<T> = T | 'forged' | null;

/** base32 of RFC 4648 in lower case, so that a host may fold the case of a local part and nothing is lost. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
/** 64 bits in base32. */
const ID = '[a-z2-7]{1,13}';
/** One character names the key, 16 carry 80 bits of the HMAC. */
const SIGNATURE = '[a-z2-7]{17}';
const REPLY = new RegExp(`^r\\.(${ID})\\.(${ID})\\.(${SIGNATURE})$`);
const BOUNCE = new RegExp(`^b\\.(${ID})\\.(${SIGNATURE})$`);
const PROBE = new RegExp(`^<?p\\.(${ID})\\.(${SIGNATURE})@([^@<>\\s]+?)>?$`);
const MESSAGE_ID = new RegExp(`^<?o\\.(${ID})\\.(${SIGNATURE})@([^@<>\\s]+?)>?$`);

/** Reply-To of one participant of one ticket: support+r.<ticket>.<participant>.<kid><mac>@domain, its local part ≤ 64 octets (RFC 5321 §4.5.3.1.1). */
export function replyAddress(
  keyring: Keyring,
  mailbox: ReplyMailbox,
  ticketId: number | bigint,
  participantId: number | bigint,
): string {
  const signature = sign(keyring, keyring.current, `r|${mailbox.id}|${ticketId}|${participantId}`);
  return tagged(mailbox, `r.${encodeId(ticketId)}.${encodeId(participantId)}.${signature}`);
}

/** Reads an address that a mail was sent to. null: no reply token of this mailbox. Never throws. */
export function readReplyAddress(
  keyring: Keyring,
  mailbox: TokenMailbox,
  address: string,
): Read<{ ticketId: number; participantId: number }> {
  const [, ticket, participant, signature] = tagOf(mailbox, address)?.match(REPLY) ?? [];
  if (!ticket || !participant || !signature) return null;
  const ticketId = decodeId(ticket);
  const participantId = decodeId(participant);
  if (ticketId === null || participantId === null) return 'forged';
  const good = verify(keyring, signature, `r|${mailbox.id}|${ticketId}|${participantId}`);
  return good ? { ticketId, participantId } : 'forged';
}

/** Message-ID of an outbound row, with angle brackets: <o.<outbox id>.<kid><mac>@domain>. It depends on nothing but the row. */
export function outboundMessageId(keyring: Keyring, mailbox: TokenMailbox, outboxId: number | bigint): string {
  return `<o.${encodeId(outboxId)}.${sign(keyring, keyring.current, `o|${outboxId}`)}@${domainOf(mailbox)}>`;
}

/** Reads one id of In-Reply-To or References. Any mailbox of the same domain reads it. null: not ours. Never throws. */
export function readOutboundMessageId(
  keyring: Keyring,
  mailbox: TokenMailbox,
  messageId: string,
): Read<{ outboxId: number }> {
  const [, id, signature, domain] = plain(messageId)?.match(MESSAGE_ID) ?? [];
  if (!id || !signature || domain !== domainOf(mailbox)) return null;
  return readOutboxId(keyring, 'o', id, signature);
}

/** Message-ID of a probe that the desk sends to itself. It names no row, so it is an authority for nothing. */
export function probeMessageId(keyring: Keyring, mailbox: TokenMailbox, nonce: number): string {
  return `<p.${encodeId(nonce)}.${sign(keyring, keyring.current, `p|${mailbox.id}|${nonce}`)}@${domainOf(mailbox)}>`;
}

/** Whether a Message-ID is that of a probe of this mailbox. Never throws. */
export function isProbe(keyring: Keyring, mailbox: TokenMailbox, messageId: string): boolean {
  const [, id, signature, domain] = plain(messageId)?.match(PROBE) ?? [];
  const nonce = id ? decodeId(id) : null;
  if (nonce === null || !signature || domain !== domainOf(mailbox)) return false;
  return verify(keyring, signature, `p|${mailbox.id}|${nonce}`);
}

/** Envelope sender of an outbound row (VERP), so that a bounce names the row: support+b.<outbox id>.<kid><mac>@domain. */
export function bounceAddress(keyring: Keyring, mailbox: ReplyMailbox, outboxId: number | bigint): string {
  return tagged(mailbox, `b.${encodeId(outboxId)}.${sign(keyring, keyring.current, `b|${outboxId}`)}`);
}

/** Reads the address that a bounce came to. null: no bounce address of this mailbox. Never throws. */
export function readBounceAddress(
  keyring: Keyring,
  mailbox: TokenMailbox,
  address: string,
): Read<{ outboxId: number }> {
  const [, id, signature] = tagOf(mailbox, address)?.match(BOUNCE) ?? [];
  return id && signature ? readOutboxId(keyring, 'b', id, signature) : null;
}

function readOutboxId(keyring: Keyring, use: 'o' | 'b', id: string, signature: string): Read<{ outboxId: number }> {
  const outboxId = decodeId(id);
  return outboxId !== null && verify(keyring, signature, `${use}|${outboxId}`) ? { outboxId } : 'forged';
}

function tagged(mailbox: ReplyMailbox, tag: string): string {
  return mailbox.plusAddressing ? mailbox.address.replace('@', `+${tag}@`) : mailbox.address;
}

/** What stands between the mailbox's own local part and the @, in lower case. */
function tagOf(mailbox: TokenMailbox, address: string): string | null {
  const given = splitAddress(plain(address) ?? '');
  const own = splitAddress(mailbox.address);
  if (!given || !own || given.domain !== own.domain || !given.local.startsWith(`${own.local}+`)) return null;
  return given.local.slice(own.local.length + 1);
}

function domainOf({ address }: TokenMailbox): string {
  return splitAddress(address)?.domain ?? 'localhost';
}

/** Lower case of plain ASCII. Other letters are refused first: some of them (the Kelvin sign) fold to an ASCII letter. */
function plain(text: string): string | null {
  const trimmed = text.trim();
  return /^[\x21-\x7e]{1,320}$/.test(trimmed) ? trimmed.toLowerCase() : null;
}

/** `what` names the use first (r, o, b or p), so that a signature of one is none of another. */
function sign(keyring: Keyring, kid: string, what: string): string {
  const key = keyring.keys.get(kid);
  if (!key) throw new Error(`The keyring has no key ${kid}`);
  const mac = createHmac('sha256', key).update(what).digest().subarray(0, 10);
  return kid + encodeId(BigInt(`0x${mac.toString('hex')}`)).padStart(16, 'a');
}

function verify(keyring: Keyring, signature: string, what: string): boolean {
  const kid = signature.slice(0, 1);
  if (!keyring.keys.has(kid)) return false;
  return timingSafeEqual(Buffer.from(sign(keyring, kid, what)), Buffer.from(signature));
}

/** A number as base32 digits without leading zeros: at most 13 for 64 bits. */
function encodeId(id: number | bigint): string {
  let rest = BigInt(id);
  let digits = '';
  do {
    digits = ALPHABET.charAt(Number(rest & 31n)) + digits;
    rest >>= 5n;
  } while (rest > 0n);
  return digits;
}

/** null: not written the one way we write it, or beyond what a row id can be. */
function decodeId(digits: string): number | null {
  if (digits.startsWith('a')) return null;
  let id = 0n;
  for (const digit of digits) id = (id << 5n) | BigInt(ALPHABET.indexOf(digit));
  return id <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(id) : null;
}
