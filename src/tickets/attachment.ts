import { defineEntity, p } from '@mikro-orm/postgresql';
import { Employee } from '../people/employee.ts';
import { Comment, VISIBILITIES } from './comment.ts';
import { Ticket } from './ticket.ts';

const AttachmentSchema = defineEntity({
  name: 'Attachment',
  tableName: 'attachment',
  properties: {
    id: p.bigint('number').primary(),
    ticket: () => p.manyToOne(Ticket),
    comment: () => p.manyToOne(Comment).nullable(),
    uploader: () => p.manyToOne(Employee),
    sha256: p.text(),
    size: p.bigint('number'),
    filename: p.text(),
    contentType: p.text(),
    inline: p.boolean().default(false),
    contentId: p.text().nullable(),
    visibility: p.enum(VISIBILITIES),
    scan: p.enum(['unscanned', 'clean', 'infected', 'error'] as const).default('unscanned'),
    /** What was found, or why nothing can be said. */
    scanFound: p.text().nullable(),
    createdAt: p.datetime(),
  },
});

/** A file of a comment. Its bytes are the blob `sha256`; the name is only ever shown. */
export class Attachment extends AttachmentSchema.class {}
AttachmentSchema.setClass(Attachment);
