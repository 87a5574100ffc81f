import { z } from 'zod';
import type { CONVERSATION_PATHS } from '../paths/conversation.ts';
import { EVERYONE, id, idParams, route, STAFF, type Route } from '../route.ts';
import * as schema from '../schemas.ts';

const commentParams = idParams.extend({ comment: id });
const proposalParams = idParams.extend({ proposal: id });

/** Of a reply, or of a note: each is a draft of its own. */
const visibility = z.enum(['public', 'internal']).default('public');

const watching = z.object({ watching: z.boolean() });

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
    summary:
      'Edit one’s own comment within five minutes; what it said before is kept for staff. Or give one that waits another time',
    access: EVERYONE,
    scope: 'tickets:write',
    params: commentParams,
    body: z.strictObject({
      ...schema.commentWords,
      /** Of the comment, as the editor read it; 409 when it was edited since. */
      revision: z.int().positive().optional(),
      /** Of a reply that waits; null: it goes out now. 409 when it has gone out. */
      send_at: schema.moment.nullable().optional(),
    }),
    response: schema.Comment,
  }),
  takeBackComment: route({
    summary: 'Take back one’s own reply that waits: it is a draft again. 409 when it has gone out',
    access: STAFF,
    scope: 'tickets:write',
    params: commentParams,
    response: schema.Draft,
  }),
  releaseComment: route({
    summary: 'Make a reply that was held back part of the conversation. 409 when it is not held back',
    access: STAFF,
    scope: 'tickets:write',
    params: commentParams,
    response: schema.Comment,
  }),
  readDraft: route({
    summary: 'What one has begun to write on a ticket',
    access: EVERYONE,
    scope: 'tickets:read',
    params: idParams,
    query: z.strictObject({ visibility }),
    response: schema.Draft,
  }),
  saveDraft: route({
    summary: 'Keep what one has begun to write; 409 when another window has changed it since',
    access: EVERYONE,
    scope: 'tickets:write',
    params: idParams,
    body: z.strictObject({
      visibility,
      body: schema.unfinished(100_000).optional(),
      body_html: schema.unfinished(200_000).optional(),
      /** Those of its files that stay, by their place from 0; left out: all. */
      files: z.array(z.int().min(0)).max(100).optional(),
      version: z.int().min(0),
    }),
    response: schema.Draft,
  }),
  deleteDraft: route({
    summary: 'Throw away what one has begun to write',
    access: EVERYONE,
    scope: 'tickets:write',
    params: idParams,
    body: z.strictObject({ visibility, version: z.int().min(0).optional() }),
    response: schema.Draft,
  }),
  watchTicket: route({
    summary: 'Follow a ticket: one hears of it, whoever has it',
    access: STAFF,
    scope: 'tickets:write',
    params: idParams,
    response: watching,
  }),
  unwatchTicket: route({
    summary: 'Follow a ticket no longer',
    access: STAFF,
    scope: 'tickets:write',
    params: idParams,
    response: watching,
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
