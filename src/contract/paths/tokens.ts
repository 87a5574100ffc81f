import type { Paths } from './method-and-path.ts';

export const TOKENS_PATHS = {
  employeeToken: ['POST', '/api/token/employee'],
  adminToken: ['POST', '/api/token/admin'],
  refreshToken: ['POST', '/api/token/refresh'],
  signOut: ['POST', '/api/token/revoke'],
  confirmToken: ['POST', '/api/token/confirm'],
  askSignInLink: ['POST', '/api/sign-in-link'],
  linkToken: ['POST', '/api/token/link'],
  changePassword: ['POST', '/api/password'],
  forgotPassword: ['POST', '/api/password/forgot'],
  resetPassword: ['POST', '/api/password/reset'],
  listSessions: ['GET', '/api/sessions'],
  endSession: ['DELETE', '/api/sessions/:id'],
  endOtherSessions: ['DELETE', '/api/sessions'],
} as const satisfies Paths;
