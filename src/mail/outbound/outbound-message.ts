import { defineEntity, p } from '@mikro-orm/postgresql';
import { Employee } from '../../people/employee.ts';
import { Participant } from '../../tickets/participant.ts';
import { TicketEvent } from '../../tickets/ticket-event.ts';
import { Ticket } from '../../tickets/ticket.ts';
import { Mailbox } from '../mailbox.ts';
import { MAIL_TEMPLATE_NAMES } from './mail-template.ts';

export const OUTBOUND_STATES = ['pending', 'sending', 'sent', 'ambiguous', 'failed', 'suppressed'] as const;
export type OutboundState = (typeof OUTBOUND_STATES)[number];

const OutboundMessageSchema = defineEntity({
  name: 'OutboundMessage',
  tableName: 'outbound_message',
  properties: {
    id: p.bigint('number').primary(),
    ticket: () => p.manyToOne(Ticket).nullable(),
    event: () => p.manyToOne(TicketEvent).nullable(),
    // of a mail about an account; then there is no ticket and no event
    accountNoticeId: p.bigint('number').nullable(),
    // it carries a link that opens an account, so its bytes are never kept
    secret: p.boolean().default(false),
    // the person; `recipient` is the address as it was when the row was written
    person: () => p.manyToOne(Employee).nullable().fieldName('recipient_id'),
    participant: () => p.manyToOne(Participant).nullable(),
    mailbox: () => p.manyToOne(Mailbox),
    template: p.enum([...MAIL_TEMPLATE_NAMES]),
    locale: p.text(),
    recipient: p.text(),
    personal: p.boolean().default(false),
    byMail: p.boolean().default(false),
    stopId: p.bigint('number').nullable(),
    // the working day that it is the digest of
    digestOn: p.string().columnType('date').nullable(),
    envelopeFrom: p.text(),
    messageId: p.text().nullable(),
    mime: p.blob().nullable().lazy(),
    // `mime` holds a status link, and is sealed
    sealed: p.boolean().default(false),
    mimeSha256: p.text().nullable(),
    state: p.enum(OUTBOUND_STATES),
    reason: p.text().nullable(),
    sendAfter: p.datetime(),
    leaseToken: p.uuid().nullable(),
    leaseUntil: p.datetime().nullable(),
    // for the pace to its domain
    claimedAt: p.datetime().nullable(),
    attempts: p.integer().default(0),
    smtpResponse: p.text().nullable(),
    createdAt: p.datetime(),
    finishedAt: p.datetime().nullable(),
  },
});

/**
 * One mail to one person: written in the transaction that notices the event, with its Message-ID; its bytes are fixed at the first claim.
 * `envelopeFrom` is '' (the null sender, RFC 3834 §3.3) of an automatic answer, else the row's bounce address. `personal`: a person at the desk
 * wrote what it carries. `byMail`: a mail that came in called it forth. `stopId`: what keeps it back until a person resumes it.
 */
export class OutboundMessage extends OutboundMessageSchema.class {}
OutboundMessageSchema.setClass(OutboundMessage);
