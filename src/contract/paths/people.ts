import type { Paths } from './method-and-path.ts';

export const PEOPLE_PATHS = {
  registration: ['GET', '/api/register'],
  register: ['POST', '/api/register'],
  confirmAddress: ['POST', '/api/register/confirm'],
  listEmployees: ['GET', '/api/employees'],
  createEmployee: ['POST', '/api/employees'],
  readEmployee: ['GET', '/api/employees/:id'],
  editEmployee: ['PATCH', '/api/employees/:id'],
  approveEmployee: ['POST', '/api/employees/:id/approve'],
  rejectEmployee: ['POST', '/api/employees/:id/reject'],
  inviteEmployee: ['POST', '/api/employees/:id/invite'],
  eraseEmployee: ['POST', '/api/employees/:id/erase'],
  signOutEmployee: ['POST', '/api/employees/:id/sign-out'],
} as const satisfies Paths;
