import { defineEntity, p } from '@mikro-orm/postgresql';

/** Sources that are asked for mail, each by one worker at a time. The others are handed it. */
export const POLLED = ['maildir', 'imap', 'gmail'] as const;
export const SOURCES = ['smtp', 'file', 'http', ...POLLED] as const;
export type SourceKind = (typeof SOURCES)[number];

const MailboxSchema = defineEntity({
  name: 'Mailbox',
  tableName: 'mailbox',
  properties: {
    id: p.bigint('number').primary(),
    name: p.text(),
    address: p.text(),
    aliases: p.array().onCreate(() => []),
    source: p.enum(SOURCES),
    sourceConfig: p.json<Record<string, unknown>>().onCreate(() => ({})),
    secret: p.text().nullable(),
    environmentMark: p.text().nullable(),
    senderTrust: p.enum(['verify', 'submission'] as const).default('verify'),
    senderPolicy: p.enum(['everyone', 'employees', 'domains'] as const).default('everyone'),
    senderDomains: p.array().onCreate(() => []),
    defaultCategoryId: p.bigint('number').nullable(),
    defaultDepartmentId: p.bigint('number').nullable(),
    signature: p.text().default(''),
    plusAddressing: p.boolean().default(true),
    quiet: p.boolean().default(false),
    history: p.enum(['live', 'quiet'] as const).default('live'),
    liveSince: p.datetime().nullable(),
    enabled: p.boolean().default(true),
    version: p.integer().default(1),
    transport: p.enum(['desk', 'smtp', 'gmail'] as const).default('desk'),
    transportConfig: p.json<Record<string, unknown>>().onCreate(() => ({})),
    cursor: p.json<Record<string, unknown>>().onCreate(() => ({})),
    pushUntil: p.datetime().nullable(),
    leaseHolder: p.text().nullable(),
    leaseUntil: p.datetime().nullable(),
    wantedAt: p.datetime().nullable(),
    state: p.enum(['ok', 'failing', 'stopped'] as const).default('ok'),
    trouble: p.enum(['unreachable', 'auth', 'permission', 'quota', 'renumbered'] as const).nullable(),
    troubleSince: p.datetime().nullable(),
    alertedAt: p.datetime().nullable(),
    lastPolledAt: p.datetime().nullable(),
    lastError: p.text().nullable(),
    renumberedAt: p.json<string[]>().onCreate(() => []),
    reconciledAt: p.datetime().nullable(),
    deepReconciledAt: p.datetime().nullable(),
    missedTotal: p.bigint('number').default(0),
    createdAt: p.datetime(),
    updatedAt: p.datetime().nullable(),
  },
});

/**
 * An account mail is read from. `senderTrust` verify: a sender is believed after DMARC on the raw bytes; submission: whoever
 * may connect is believed (only the loopback drop). What the columns mean stands beside them in the migration.
 */
export class Mailbox extends MailboxSchema.class {}
MailboxSchema.setClass(Mailbox);
