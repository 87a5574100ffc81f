import { defineEntity, p } from '@mikro-orm/postgresql';
import { Comment } from '../../tickets/comment.ts';
import { Ticket } from '../../tickets/ticket.ts';

const MailMessageSchema = defineEntity({
  name: 'MailMessage',
  tableName: 'mail_message',
  properties: {
    id: p.bigint('number').primary(),
    messageId: p.text(),
    contentHash: p.text(),
    collides: p.boolean().default(false),
    ticket: () => p.manyToOne(Ticket).nullable(),
    comment: () => p.manyToOne(Comment).nullable(),
    createdAt: p.datetime(),
  },
});

/** A logical message: known by Message-ID and content, however often and wherever it was delivered. */
export class MailMessage extends MailMessageSchema.class {}
MailMessageSchema.setClass(MailMessage);

const MailReferenceSchema = defineEntity({
  name: 'MailReference',
  tableName: 'mail_reference',
  properties: {
    mailMessage: () => p.manyToOne(MailMessage).primary(),
    position: p.integer().primary(),
    reference: p.text(),
  },
});

/** What a message answers (RFC 5322 §3.6.4), kept so that a reply can meet an original that comes later. */
export class MailReference extends MailReferenceSchema.class {}
MailReferenceSchema.setClass(MailReference);
