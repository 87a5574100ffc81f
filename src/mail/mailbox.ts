import { defineEntity, p } from '@mikro-orm/postgresql';

const MailboxSchema = defineEntity({
  name: 'Mailbox',
  tableName: 'mailbox',
  properties: {
    id: p.bigint('number').primary(),
    name: p.text(),
    address: p.text(),
    source: p.enum(['smtp', 'maildir', 'file'] as const),
    sourceConfig: p.json<Record<string, unknown>>().onCreate(() => ({})),
    senderTrust: p.enum(['verify', 'submission'] as const).default('verify'),
    cursor: p.json<Record<string, unknown>>().onCreate(() => ({})),
    leaseUntil: p.datetime().nullable(),
    lastPolledAt: p.datetime().nullable(),
    lastError: p.text().nullable(),
    createdAt: p.datetime(),
  },
});

/**
 * An account mail is read from. `senderTrust` verify: a sender is believed after DMARC on the raw bytes; submission: whoever
 * may connect is believed (only the loopback drop).
 */
export class Mailbox extends MailboxSchema.class {}
MailboxSchema.setClass(Mailbox);
