import { defineEntity, p } from '@mikro-orm/postgresql';
import { TRUSTS } from '../../tickets/comment.ts';
import { Mailbox } from '../mailbox.ts';

const InboundMessageSchema = defineEntity({
  name: 'InboundMessage',
  tableName: 'inbound_message',
  properties: {
    id: p.bigint('number').primary(),
    mailbox: () => p.manyToOne(Mailbox),
    state: p.enum(['discovered', 'fetched', 'applied', 'suppressed', 'quarantined', 'vanished'] as const),
    decision: p.enum(['open-ticket', 'add-comment', 'record-bounce', 'suppress', 'quarantine'] as const).nullable(),
    reason: p.text().nullable(),
    rawSha256: p.text().nullable(),
    rawSize: p.bigint('number').nullable(),
    quiet: p.boolean().default(false),
    envelopeFrom: p.text().nullable(),
    envelopeTo: p.text().nullable(),
    mailMessageId: p.bigint('number').nullable(),
    fromAddress: p.text().nullable(),
    subject: p.text().nullable(),
    trust: p.enum(TRUSTS).nullable(),
    facts: p.json<Record<string, unknown>>().nullable(),
    ticketId: p.bigint('number').nullable(),
    commentId: p.bigint('number').nullable(),
    attempts: p.integer().default(0),
    nextAt: p.datetime(),
    lastError: p.text().nullable(),
    discoveredAt: p.datetime(),
    receivedAt: p.datetime().nullable(),
    renumbered: p.boolean().default(false),
    headerOnly: p.boolean().default(false),
    untold: p.boolean().default(false),
    finishedAt: p.datetime().nullable(),
  },
});

/** A row of the mail ledger: one delivery of one message, from the moment it was seen to its outcome and the reason for it. */
export class InboundMessage extends InboundMessageSchema.class {}
InboundMessageSchema.setClass(InboundMessage);

const InboundKeySchema = defineEntity({
  name: 'InboundKey',
  tableName: 'inbound_key',
  properties: {
    mailbox: () => p.manyToOne(Mailbox).primary(),
    sourceKey: p.text().primary(),
    inboundMessage: () => p.manyToOne(InboundMessage).nullable(),
  },
});

/** What the source calls a message (UID, file name, hash). UNIQUE(mailbox, source key) is what makes twice impossible. */
export class InboundKey extends InboundKeySchema.class {}
InboundKeySchema.setClass(InboundKey);
