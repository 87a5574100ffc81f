import { defineEntity, p } from '@mikro-orm/postgresql';
import { Employee } from '../people/employee.ts';
import { Ticket } from './ticket.ts';

const ParticipantSchema = defineEntity({
  name: 'Participant',
  tableName: 'participant',
  properties: {
    id: p.bigint('number').primary(),
    ticket: () => p.manyToOne(Ticket),
    employee: () => p.manyToOne(Employee),
    state: p.enum(['confirmed', 'removed'] as const),
    // the event that let them in; null: they hear of everything
    sinceEventId: p.bigint('number').nullable(),
    // raised, it ends the status links that were sent before
    linkEpoch: p.integer().default(0),
    createdAt: p.datetime(),
  },
});

/** Who takes part in a ticket's conversation, or did. Reply tokens are minted per participant. */
export class Participant extends ParticipantSchema.class {}
ParticipantSchema.setClass(Participant);
