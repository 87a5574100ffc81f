import { z } from 'zod';
import type { CONVERSATION_PATHS } from '../paths/conversation.ts';
import { EVERYONE, id, idParams, route, STAFF, type Route } from '../route.ts';
import * as schema from '../schemas.ts';

const proposalParams = idParams.extend({ proposal: id });

export const conversationRoutes = {
  addParticipant: route({
    summary: 'Let a person take part in a ticket: they read it, write in it and get its mail',
    access: STAFF,
    scope: 'tickets:write',
    params: idParams,
    /** Whoever is not known yet is a contact from now on. */
    body: z.strictObject({ email: schema.address }),
    response: schema.Ticket,
  }),
  removeParticipant: route({
    summary: 'Take a person off a ticket, or leave it oneself',
    access: EVERYONE,
    scope: 'tickets:write',
    /** person: id of an employee */
    params: idParams.extend({ person: id }),
    response: z.object({ removed: z.int() }),
  }),
  confirmProposal: route({
    summary: 'Let somebody take part whom a mail named in To or Cc; for staff, and for whose ticket it is',
    access: EVERYONE,
    scope: 'tickets:write',
    params: proposalParams,
    response: schema.Ticket,
  }),
  declineProposal: route({
    summary: 'Keep somebody out whom a mail named; no later mail proposes them again',
    access: EVERYONE,
    scope: 'tickets:write',
    params: proposalParams,
    response: schema.Ticket,
  }),
} satisfies Record<keyof typeof CONVERSATION_PATHS, Route>;
