import { defineEntity, p } from '@mikro-orm/postgresql';
import { Employee } from '../people/employee.ts';
import { CHANNELS, Ticket } from './ticket.ts';

export const VISIBILITIES = ['public', 'internal', 'pending'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

/**
 * How far the sender of a mail is believed. T3: our reply token, from the person it was minted for, DMARC pass. T2: DMARC pass,
 * known person. T1: token and person fit, but nothing proves the sender. T0: the rest.
 */
export const TRUSTS = ['T0', 'T1', 'T2', 'T3'] as const;
export type Trust = (typeof TRUSTS)[number];

const CommentSchema = defineEntity({
  name: 'Comment',
  tableName: 'comment',
  properties: {
    id: p.bigint('number').primary(),
    ticket: () => p.manyToOne(Ticket),
    author: () => p.manyToOne(Employee),
    visibility: p.enum(VISIBILITIES),
    channel: p.enum(CHANNELS),
    body: p.text(),
    html: p.text().nullable(),
    quoted: p.text().default(''),
    signature: p.text().default(''),
    trust: p.enum(TRUSTS).nullable(),
    inboundMessageId: p.bigint('number').nullable(),
    heldUntil: p.datetime().nullable(),
    revision: p.integer().default(1),
    editedAt: p.datetime().nullable(),
    createdAt: p.datetime(),
  },
});

/**
 * A public reply, an internal note, or a pending one: written by someone we cannot be sure of, staff only. `html` is safe: of a mail by the allowlist of
 * mails, else by that of the editor (rich-text.ts). `heldUntil`: it goes out then, which is also when it was created.
 */
export class Comment extends CommentSchema.class {}
CommentSchema.setClass(Comment);
