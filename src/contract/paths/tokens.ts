import type { Paths } from './method-and-path.ts';

export const TOKENS_PATHS = {
  employeeToken: ['POST', '/api/token/employee'],
  adminToken: ['POST', '/api/token/admin'],
  refreshToken: ['POST', '/api/token/refresh'],
  signOut: ['POST', '/api/token/revoke'],
} as const satisfies Paths;
