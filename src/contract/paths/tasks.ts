import type { Paths } from './method-and-path.ts';

export const TASKS_PATHS = {
  changeTickets: ['POST', '/api/tickets/bulk'],
  readTask: ['GET', '/api/tasks/:id'],
} as const satisfies Paths;
