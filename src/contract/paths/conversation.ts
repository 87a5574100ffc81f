import type { Paths } from './method-and-path.ts';

/** Who takes part in a ticket, and what becomes of what they write. */
export const CONVERSATION_PATHS = {
  addParticipant: ['POST', '/api/tickets/:id/participants'],
  removeParticipant: ['DELETE', '/api/tickets/:id/participants/:person'],
  editComment: ['PATCH', '/api/tickets/:id/comments/:comment'],
  takeBackComment: ['POST', '/api/tickets/:id/comments/:comment/undo'],
  releaseComment: ['POST', '/api/tickets/:id/comments/:comment/release'],
  readDraft: ['GET', '/api/tickets/:id/draft'],
  saveDraft: ['PUT', '/api/tickets/:id/draft'],
  deleteDraft: ['DELETE', '/api/tickets/:id/draft'],
  watchTicket: ['PUT', '/api/tickets/:id/watch'],
  unwatchTicket: ['DELETE', '/api/tickets/:id/watch'],
  readVersions: ['GET', '/api/tickets/:id/comments/:comment/versions'],
  confirmProposal: ['POST', '/api/tickets/:id/proposals/:proposal/confirm'],
  declineProposal: ['POST', '/api/tickets/:id/proposals/:proposal/decline'],
} as const satisfies Paths;
