import { defineEntity, p } from '@mikro-orm/postgresql';
import { Employee } from '../people/employee.ts';
import { STATUSES } from './lifecycle.ts';

export const PRIORITIES = ['critical', 'high', 'medium', 'low'] as const;
export type Priority = (typeof PRIORITIES)[number];
export const CHANNELS = ['mail', 'portal', 'api'] as const;
export type Channel = (typeof CHANNELS)[number];

const TicketSchema = defineEntity({
  name: 'Ticket',
  tableName: 'ticket',
  properties: {
    id: p.bigint('number').primary(),
    number: p.bigint('number').defaultRaw("nextval('ticket_number')"),
    subject: p.text(),
    status: p.enum(STATUSES).default('new'),
    priority: p.enum(PRIORITIES).nullable(),
    categoryId: p.bigint('number').nullable(),
    subCategoryId: p.bigint('number').nullable(),
    departmentId: p.bigint('number').nullable(),
    requester: () => p.manyToOne(Employee),
    assignee: () => p.manyToOne(Employee).nullable(),
    mailboxId: p.bigint('number').nullable(),
    channel: p.enum(CHANNELS),
    followsId: p.bigint('number').nullable(),
    statusReason: p.text().nullable(),
    scheduledFor: p.datetime().nullable(),
    version: p.integer().default(1),
    commentCount: p.integer().default(0),
    attachmentCount: p.integer().default(0),
    createdAt: p.datetime(),
    updatedAt: p.datetime(),
    resolvedAt: p.datetime().nullable(),
    closedAt: p.datetime().nullable(),
  },
});

export class Ticket extends TicketSchema.class {}
TicketSchema.setClass(Ticket);

/** TX0001: a prefix and at least four digits, no upper end. */
export function ticketNumber(number: number): string {
  return `TX${String(number).padStart(4, '0')}`;
}
