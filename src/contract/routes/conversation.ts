import { z } from 'zod';
import type { CONVERSATION_PATHS } from '../paths/conversation.ts';
import { EVERYONE, id, idParams, route, STAFF, type Route } from '../route.ts';
import * as schema from '../schemas.ts';

const commentParams = idParams.extend({ comment: id });
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
  editComment: route({
    summary: 'Edit one’s own comment within five minutes; what it said before is kept for staff',
    access: EVERYONE,
    scope: 'tickets:write',
    params: commentParams,
    /** revision: of the comment, as the editor read it; 409 when it was edited since */
    body: z.strictObject({ ...schema.commentWords, revision: z.int().positive().optional() }),
    response: schema.Comment,
  }),
  readVersions: route({
    summary: 'What a comment said before its edits, oldest first',
    access: STAFF,
    scope: 'tickets:read',
    params: commentParams,
    response: z.array(
      z.object({
        revision: z.int(),
        body: z.string(),
        body_html: z.string().nullable(),
        /** When other words took its place. */
        replaced_at: schema.time,
      }),
    ),
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
