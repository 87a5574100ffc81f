import type { DeliveryStatus, MailClass } from '../../inbound-mail.ts';
import { parseAddresses } from '../mime/addresses.ts';
import { decodeBytes } from '../mime/charset.ts';
import { parseMessageId, parseMessageIds } from '../mime/message-ids.ts';
import type { MimePart } from '../mime/mime-parts.ts';
import { firstField, readHeaderFields } from '../mime/raw-message.ts';
import { BOUNCE_LIKE_SUBJECTS, BOUNCE_SUBJECTS, DAEMON_SENDERS, POSTMASTERS } from './automatic-words.ts';
import { readBounceText } from './bounce-text.ts';
import { parseDeliveryStatus, readDeliveryParts } from './delivery-status.ts';
import type { MailFacts } from './facts.ts';
import { HEADER_RULES } from './rules.ts';
import { readSnsNotice } from './sns-notice.ts';
import { calendarMethod, wrapperOf } from './wrapping.ts';
import { isByHand, isByPerson, isByProgram } from './writer.ts';

/** Words in a text that no person puts beside a delivery code. */
const DELAY_WORDS =
  /\b(?:delayed|will (?:be )?retr(?:y|ied)|still being (?:attempted|retried)|temporary (?:problem|failure|error)|warning message only|not (?:yet )?been delivered|transient non-fatal|keep trying|delivery attempts will continue|you do not need to resend)\b/i;
/** What a mail system says when it answers for something that did not work. */
const FAILURE_WORDS =
  /\b[45]\d\d[ -]|\b[45]\.\d\.\d|undeliver|not be delivered|not deliver|delivery fail|unknown (?:user|host)|(?:user|host) unknown|no such user|delivery problem|not be sent|cannot be delivered|able to deliver|over quota|mailbox (?:is )?full|unavailable|failed addresses|rejected/i;
const RETURNED_TYPES = /^(?:message\/(?:rfc822|global)|text\/rfc822-headers|message\/global-headers)$/;

/** What a message is, from its headers and parts: RFC 3464, 3834, 5230 and 6522 first, then what servers really send. */
export function classifyMessage(facts: MailFacts): MailClass {
  const fired = HEADER_RULES.filter((rule) => rule.when(facts));
  const says = (what: string) => fired.some((rule) => rule.says === what);
  const notice = readNotice(facts, says('autoReply'));
  const bounce = notice.why !== null;
  const abuse = facts.reportType === 'feedback-report';
  const autoReply = !bounce && !abuse && (says('autoReply') || notice.delivery.length > 0);
  return {
    autoReply,
    bounce,
    noAutoAnswer: bounce || autoReply || abuse || says('noAutoAnswer') || says('list'),
    list: says('list'),
    abuseReport: abuse,
    calendar: calendarMethod(facts.root),
    wrapper: wrapperOf(facts.root, facts.text),
    reasons: [...(notice.why === null ? [] : [notice.why]), ...fired.map((rule) => rule.reason)],
    delivery: notice.delivery,
    ...(bounce || notice.delivery.length > 0
      ? originalNames(facts)
      : { originalMessageId: null, originalReference: null }),
  };
}

interface Notice {
  /** Why it is a bounce; null when it is none. */
  why: string | null;
  delivery: DeliveryStatus[];
}

/** A delivery notice: by its delivery-status part, else by who sent it under what subject. */
function readNotice(facts: MailFacts, autoReply: boolean): Notice {
  if (facts.reportType === 'feedback-report') return { why: null, delivery: [] };
  const reported = readDeliveryParts(facts.root);
  // Some clients carry the report along when a person forwards or answers a bounce.
  const isCarried = facts.contentType !== 'multipart/report' && !isByProgram(facts) && isByPerson(facts);
  if (reported.length > 0 && !isCarried) {
    const failed = reported.some(({ action }) => action === 'failed' || action === 'delayed');
    return { why: failed ? 'Delivery status (RFC 3464)' : null, delivery: reported };
  }
  const sns = readSnsNotice(facts);
  if (sns.length > 0) return { why: 'Amazon SES bounce by SNS', delivery: sns };
  const why = bounceByCustom(facts, autoReply);
  return { why, delivery: why === null ? [] : deliveryByCustom(facts) };
}

/** Bounces without a delivery-status part. */
function bounceByCustom(facts: MailFacts, autoReply: boolean): string | null {
  if (facts.reportType === 'disposition-notification') return null;
  if (facts.reportType === 'delivery-status') return 'Delivery report (RFC 6522)';
  if (facts.has('x-failed-recipients')) return 'X-Failed-Recipients';
  const program = isByProgram(facts);
  if (startsWithAny(facts.subject, BOUNCE_SUBJECTS) && (program || !isByPerson(facts)))
    return 'Subject of a delivery notice';
  if (startsWithAny(facts.subject, BOUNCE_LIKE_SUBJECTS) && program) return 'Subject of a delivery notice';
  if (DAEMON_SENDERS.has(facts.sender) && (facts.nullReturnPath || !autoReply || saysFailure(facts)))
    return 'Sent by a mail system';
  // The postmaster is a person too: only a notice that names who failed is the system's.
  if (POSTMASTERS.has(facts.sender) && (facts.nullReturnPath || namesFailure(facts))) return 'Sent by a mail system';
  if (facts.nullReturnPath && !autoReply) return 'Empty Return-Path (RFC 5321)';
  return null;
}

function startsWithAny(subject: string, phrases: readonly string[]): boolean {
  return phrases.some((words) => subject.startsWith(words));
}

function saysFailure(facts: MailFacts): boolean {
  return FAILURE_WORDS.test(facts.text.slice(0, 20_000));
}

function namesFailure(facts: MailFacts): boolean {
  return !isByHand(facts) && saysFailure(facts) && readBounceText(facts.text, ownAddresses(facts), false).length > 0;
}

function deliveryByCustom(facts: MailFacts): DeliveryStatus[] {
  const inText = facts.text.toLowerCase().includes('final-recipient:') ? parseDeliveryStatus(facts.text) : [];
  if (inText.length > 0) return inText;
  const delayed = DELAY_WORDS.test(facts.text.slice(0, 20_000)) || /delay|warning/.test(facts.subject);
  const fromText = readBounceText(facts.text, ownAddresses(facts), delayed);
  const named = failedHeader(facts);
  if (named.length === 0) return fromText.length > 0 ? fromText : fromReturned(facts, delayed);
  return named.map(
    (recipient) =>
      fromText.find((entry) => entry.recipient.toLowerCase() === recipient.toLowerCase()) ?? {
        ...(fromText[0] ?? { action: delayed ? 'delayed' : 'failed', status: null, diagnostic: null }),
        recipient,
      },
  );
}

/** Nobody is named: then it is whom the returned message went to, when that was one. */
function fromReturned(facts: MailFacts, delayed: boolean): DeliveryStatus[] {
  const part = findReturned(facts.root);
  const to = part ? firstField(readHeaderFields(part.bytes.subarray(0, 200_000)), 'to') : null;
  const addresses = to === null ? [] : parseAddresses(to.slice(0, 5000), null, { left: Number.POSITIVE_INFINITY });
  const [only] = addresses;
  if (addresses.length !== 1 || !only || only.address === '') return [];
  return [{ recipient: only.address, action: delayed ? 'delayed' : 'failed', status: null, diagnostic: null }];
}

function failedHeader(facts: MailFacts): string[] {
  const value = facts.fields
    .filter(({ name }) => name === 'x-failed-recipients')
    .map((field) => field.value)
    .join(', ');
  return parseAddresses(value.slice(0, 50_000), null)
    .map(({ address }) => address)
    .filter(Boolean);
}

/** The notice goes to the sender of the lost message: neither he nor the notifier is a failed recipient. */
function ownAddresses(facts: MailFacts): ReadonlySet<string> {
  const values = facts.fields.filter(({ name }) =>
    ['from', 'to', 'delivered-to', 'return-path', 'sender', 'x-original-to'].includes(name),
  );
  return new Set(
    values
      .flatMap(({ value }) => parseAddresses(value.slice(0, 5000), null))
      .map(({ address }) => address.toLowerCase()),
  );
}

/** Ids in the header of the returned message, as a part or at the end of the text. */
function originalNames(facts: MailFacts): Pick<MailClass, 'originalMessageId' | 'originalReference'> {
  const part = findReturned(facts.root);
  const fields = part ? readHeaderFields(part.bytes.subarray(0, 200_000)) : [];
  const fromText =
    /^[> \t]{0,4}Message-Id\s{0,2}:\s{0,4}(<[^<>\s]{1,900}>)/im.exec(facts.text.slice(0, 200_000))?.[1] ?? null;
  const [author] = parseAddresses((firstField(fields, 'from') ?? '').slice(0, 5000), null);
  // Whoever answers a message of ours ends in the same reference, and what came back of theirs is not ours.
  const own = author !== undefined && ownAddresses(facts).has(author.address.toLowerCase());
  return {
    originalMessageId: parseMessageId(firstField(fields, 'message-id') ?? fromText),
    originalReference: own ? (parseMessageIds(firstField(fields, 'references')).at(-1) ?? null) : null,
  };
}

function findReturned(part: MimePart): MimePart | null {
  if (RETURNED_TYPES.test(part.contentType)) return part;
  for (const child of part.children) {
    const found = findReturned(child);
    if (found) return found;
  }
  return null;
}

/** Text of the parts a notice is told in, for messages whose body is empty. */
export function noticeText(part: MimePart): string {
  if (part.contentType.startsWith('text/')) return decodeBytes(part.bytes, part.params.get('charset') ?? null);
  return part.children.map(noticeText).join('\n');
}
