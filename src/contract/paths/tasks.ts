import type { Paths } from './method-and-path.ts';

export const TASKS_PATHS = {
  changeTickets: ['POST', '/api/tickets/bulk'],
  exportTickets: ['POST', '/api/tickets/export'],
  exportEmployees: ['POST', '/api/employees/export'],
  importEmployees: ['POST', '/api/employees/import'],
  startAuditExport: ['POST', '/api/audit/export'],
  readTask: ['GET', '/api/tasks/:id'],
  downloadTaskFile: ['GET', '/api/tasks/:id/file'],
} as const satisfies Paths;
