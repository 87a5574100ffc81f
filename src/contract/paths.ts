/** Every operation of the API: method and path. All that a browser needs at run time; shapes come as types. */
export const PATHS = {
  employeeToken: ['POST', '/api/token/employee'],
  adminToken: ['POST', '/api/token/admin'],
  refreshToken: ['POST', '/api/token/refresh'],
  signOut: ['POST', '/api/token/revoke'],
  desk: ['GET', '/api/desk'],
  options: ['GET', '/api/options'],
  listTickets: ['GET', '/api/tickets'],
  openTicket: ['POST', '/api/tickets'],
  readTicket: ['GET', '/api/tickets/:id'],
  addComment: ['POST', '/api/tickets/:id/comments'],
  transitionTicket: ['POST', '/api/tickets/:id/transitions'],
  downloadAttachment: ['GET', '/api/attachments/:id/download'],
  openapi: ['GET', '/api/openapi.json'],
  listLocalMail: ['GET', '/api/dev/mail'],
  sendLocalMail: ['POST', '/api/dev/mail'],
  readLocalMail: ['GET', '/api/dev/mail/:id'],
} as const satisfies Record<string, readonly ['GET' | 'POST' | 'PATCH' | 'DELETE', `/api/${string}`]>;

export type RouteName = keyof typeof PATHS;
