import type { Paths } from './method-and-path.ts';

export const TICKETS_PATHS = {
  listTickets: ['GET', '/api/tickets'],
  countTickets: ['GET', '/api/badges'],
  openTicket: ['POST', '/api/tickets'],
  readTicket: ['GET', '/api/tickets/:id'],
  changeTicket: ['PATCH', '/api/tickets/:id'],
  addComment: ['POST', '/api/tickets/:id/comments'],
  transitionTicket: ['POST', '/api/tickets/:id/transitions'],
  linkAttachment: ['POST', '/api/attachments/:id/link'],
  readThumbnail: ['GET', '/api/attachments/:id/thumbnail'],
  downloadAttachment: ['GET', '/api/attachments/:id/download'],
} as const satisfies Paths;
