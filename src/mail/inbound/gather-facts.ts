import { isStaff } from '../../people/employee.ts';
import type { LockedTicket } from '../../tickets/locked-ticket.ts';
import { normalizeAddress } from '../addresses.ts';
import type { Mailbox } from '../mailbox.ts';
import type { Facts } from './decide.ts';
import type { InboundMail } from './inbound-mail.ts';
import type { KnownMessage, Lookup, Pointers } from './lookup.ts';

/** Everything the decision depends on, from what the lookup holds. Reads nothing more, writes nothing. */
export function gatherFacts(
  lookup: Lookup,
  mailbox: Pick<Mailbox, 'senderTrust'>,
  mail: InboundMail,
  pointers: Pointers,
  identity: string,
): Facts & { duplicate: KnownMessage | null } {
  const sender = lookup.employees.get(normalizeAddress(mail.from.address)) ?? null;
  const duplicate = lookup.messages.get(identity)?.find(({ contentHash }) => contentHash === mail.contentHash) ?? null;
  return {
    duplicate,
    duplicateOf: duplicate?.id ?? null,
    own: pointers.own,
    receivedCount: mail.receivedCount,
    class: mail.class,
    report: isReport(mail),
    fromSource: mail.from.address === '' ? 'none' : mail.fromSource,
    authentication: mail.authentication,
    senderTrust: mailbox.senderTrust,
    sender: sender && { status: sender.status, staff: isStaff(sender) },
    token: pointers.reply || pointers.answers.length > 0 ? 'valid' : pointers.forged ? 'forged' : 'none',
    ticket: byToken(lookup, pointers, sender?.id ?? null) ?? byReference(lookup, mail, sender),
  };
}

/** RFC 3834 §5: auto-generated and auto-notified report something; auto-replied, and all folklore, answers. */
function isReport({ headers, inReplyTo }: InboundMail): boolean {
  const value = headers.find(([name]) => name === 'auto-submitted')?.[1] ?? '';
  return /^\s*auto-(generated|notified)\b/i.test(value) && inReplyTo === null;
}

/** The plus-address first, then our own Message-IDs among its references, newest first. */
function byToken(lookup: Lookup, { reply, answers }: Pointers, senderId: number | null): Facts['ticket'] {
  if (reply) {
    const ticket = lookup.tickets.get(reply.ticketId);
    const participant = lookup.participants.get(reply.participantId);
    const holder = participant?.ticketId === reply.ticketId ? participant.employeeId : null;
    if (ticket) return pointing(ticket, 'token', holder !== null && holder === senderId);
  }
  for (const id of answers) {
    const outbound = lookup.outbound.get(id);
    const ticket = outbound?.ticketId ? lookup.tickets.get(outbound.ticketId) : undefined;
    if (outbound && ticket)
      return pointing(ticket, 'token', outbound.recipientId !== null && outbound.recipientId === senderId);
  }
  return null;
}

function byReference(lookup: Lookup, mail: InboundMail, sender: { id: number } | null): Facts['ticket'] {
  for (const reference of mail.references)
    for (const message of lookup.messages.get(reference) ?? []) {
      const ticket = message.ticketId === null ? undefined : lookup.tickets.get(message.ticketId);
      if (!ticket) continue;
      const takesPart =
        sender !== null && (ticket.requesterId === sender.id || lookup.confirmed.has(`${ticket.id}:${sender.id}`));
      return pointing(ticket, 'reference', takesPart);
    }
  return null;
}

function pointing(ticket: LockedTicket, by: 'token' | 'reference', fits: boolean): Facts['ticket'] {
  return { id: ticket.id, status: ticket.status, by, fits };
}
