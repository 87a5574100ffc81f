import { isStaff, type Person } from '../../people/employee.ts';
import type { LockedTicket } from '../../tickets/locked-ticket.ts';
import { ticketNumber } from '../../tickets/ticket.ts';
import { normalizeAddress, splitAddress } from '../addresses.ts';
import { bareSubject } from '../outbound/mail-view.ts';
import type { Facts } from './decide.ts';
import type { Delivery, ReceivingMailbox } from './delivery.ts';
import type { InboundMail } from './inbound-mail.ts';
import type { KnownMessage, Lookup, Pointers } from './lookup.ts';

/** Everything the decision depends on, from what the lookup holds. Reads nothing more, writes nothing. */
export function gatherFacts(
  lookup: Lookup,
  {
    mailbox,
    imported,
    messageId,
    orderedBy,
    discoveredAt,
  }: Pick<Delivery, 'mailbox' | 'imported' | 'messageId' | 'orderedBy' | 'discoveredAt'>,
  mail: InboundMail,
  pointers: Pointers,
  identity: string,
): Facts & { known: KnownMessage | null } {
  const sender = lookup.employees.get(normalizeAddress(mail.from.address)) ?? null;
  const known = lookup.messages.get(identity)?.find(({ contentHash }) => contentHash === mail.contentHash) ?? null;
  const settled = known !== null && known.ticketId !== null;
  // Another mailbox only said that its sender is none of its own.
  const open = known !== null && known.refusedIn.length > 0 && !known.refusedIn.includes(mailbox.id);
  const drifts = (ticket: LockedTicket) =>
    !imported && isOld(ticket, discoveredAt) && isOtherMatter(ticket, mail.subject);
  return {
    known,
    // What is judged again is no duplicate of itself.
    duplicateOf: known && (settled || (known.id !== messageId && !open)) ? known.id : null,
    ordered: orderedBy !== null && !settled,
    own: pointers.own,
    probe: pointers.probe,
    toBounceAddress: pointers.toBounceAddress,
    receivedCount: mail.receivedCount,
    class: mail.class,
    report: isReport(mail),
    fromSource: mail.from.address === '' ? 'none' : mail.fromSource,
    authentication: mail.authentication,
    senderTrust: mailbox.senderTrust,
    sender: sender && { status: sender.status, staff: isStaff(sender) },
    token: pointers.reply || pointers.answers.length > 0 ? 'valid' : pointers.forged ? 'forged' : 'none',
    ticket: byToken(lookup, pointers, sender?.id ?? null, drifts) ?? byReference(lookup, mail, sender, drifts),
    awaited: waitingFor(lookup, identity, sender),
    imported,
    unwelcome: whyUnwelcome(mailbox, mail, sender),
  };
}

/** Who may open a ticket in this mailbox. A sender whose domain says that it is forged fits no rule but `everyone`. */
function whyUnwelcome(
  { senderPolicy, senderDomains }: ReceivingMailbox,
  { from, authentication }: InboundMail,
  sender: Person | null,
): string | null {
  if (senderPolicy === 'everyone') return null;
  if (authentication.dmarc === 'fail') return 'its sender is not verified';
  if (senderPolicy === 'employees') return sender?.status === 'approved' ? null : 'its sender is not a known employee';
  const domain = splitAddress(normalizeAddress(from.address))?.domain ?? '';
  return senderDomains.includes(domain)
    ? null
    : `${domain || 'its sender'} is not among the domains it takes requests from`;
}

/** RFC 3834 §5: auto-generated and auto-notified report something; auto-replied, and all folklore, answers. */
function isReport({ headers, inReplyTo }: InboundMail): boolean {
  const value = headers.find(([name]) => name === 'auto-submitted')?.[1] ?? '';
  return /^\s*auto-(generated|notified)\b/i.test(value) && inReplyTo === null;
}

/** The plus-address first, then our own Message-IDs among its references, newest first. */
function byToken(
  lookup: Lookup,
  { reply, answers }: Pointers,
  senderId: number | null,
  drifts: Drifts,
): Facts['ticket'] {
  if (reply) {
    const ticket = lookup.tickets.get(reply.ticketId);
    const participant = lookup.participants.get(reply.participantId);
    const holder = participant?.ticketId === reply.ticketId && participant.confirmed ? participant.employeeId : null;
    if (ticket) return pointing(ticket, 'token', holder !== null && holder === senderId, drifts);
  }
  for (const id of answers) {
    const outbound = lookup.outbound.get(id);
    const ticket = outbound?.ticketId ? lookup.tickets.get(outbound.ticketId) : undefined;
    if (!outbound || !ticket) continue;
    const { recipientId } = outbound;
    const fits = recipientId !== null && recipientId === senderId && !wasRemoved(lookup, ticket.id, recipientId);
    return pointing(ticket, 'token', fits, drifts);
  }
  return null;
}

/** Staff that is told of a ticket need not take part in it; but whoever was taken off keeps nothing by the mails they have. */
function wasRemoved({ participants }: Lookup, ticketId: number, employeeId: number): boolean {
  return [...participants.values()].some(
    (one) => one.ticketId === ticketId && one.employeeId === employeeId && !one.confirmed,
  );
}

function byReference(
  lookup: Lookup,
  mail: InboundMail,
  sender: { id: number } | null,
  drifts: Drifts,
): Facts['ticket'] {
  for (const reference of mail.references)
    for (const message of lookup.messages.get(reference) ?? []) {
      const ticket = message.ticketId === null ? undefined : lookup.tickets.get(message.ticketId);
      if (!ticket) continue;
      return pointing(ticket, 'reference', takesPart(lookup, ticket, sender), drifts);
    }
  return null;
}

/** Where an answer to this very message, which came before it, was put. */
function waitingFor(lookup: Lookup, identity: string, sender: { id: number } | null): Facts['awaited'] {
  for (const id of lookup.awaited.get(identity) ?? []) {
    const ticket = lookup.tickets.get(id);
    if (ticket) return { id, status: ticket.status, fits: takesPart(lookup, ticket, sender) };
  }
  return null;
}

function takesPart({ confirmed }: Lookup, { id, requesterId }: LockedTicket, sender: { id: number } | null): boolean {
  return sender !== null && (requesterId === sender.id || confirmed.has(`${id}:${sender.id}`));
}

type Drifts = (ticket: LockedTicket) => boolean;

function pointing(
  ticket: LockedTicket,
  by: 'token' | 'reference',
  fits: boolean,
  drifts: Drifts,
): NonNullable<Facts['ticket']> {
  return { id: ticket.id, status: ticket.status, by, fits, drifts: drifts(ticket) };
}

/** Days without a change after which people take an old mail only to have the address. */
const OLD_DAYS = 30;

function isOld({ updatedAt }: LockedTicket, at: Date): boolean {
  return at.getTime() - updatedAt.getTime() > OLD_DAYS * 24 * 3600_000;
}

/**
 * Whether a subject is another than the ticket's and names not its number, as most of our mails do. This only keeps a new matter apart: a subject gives nobody
 * the right to write anywhere.
 */
function isOtherMatter({ number, subject }: LockedTicket, given: string): boolean {
  const bare = (text: string) => bareSubject(text).toLowerCase().replace(/\s+/g, ' ');
  return (
    bare(given) !== '' && !bare(given).includes(bare(subject)) && !given.toUpperCase().includes(ticketNumber(number))
  );
}
