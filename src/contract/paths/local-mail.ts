import type { Paths } from './method-and-path.ts';

export const LOCAL_MAIL_PATHS = {
  listLocalMail: ['GET', '/api/dev/mail'],
  sendLocalMail: ['POST', '/api/dev/mail'],
  readLocalMail: ['GET', '/api/dev/mail/:id'],
} as const satisfies Paths;
