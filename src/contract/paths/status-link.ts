import type { Paths } from './method-and-path.ts';

/** All by POST: the token stands in the body, as an address of a request ends in logs. */
export const STATUS_LINK_PATHS = {
  readByLink: ['POST', '/api/status-link'],
  replyByLink: ['POST', '/api/status-link/reply'],
  answerByLink: ['POST', '/api/status-link/answer'],
  downloadByLink: ['POST', '/api/status-link/file'],
  endStatusLinks: ['POST', '/api/tickets/:id/status-links/end'],
} as const satisfies Paths;
