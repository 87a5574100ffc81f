import type { Paths } from './method-and-path.ts';

export const AUDIT_PATHS = {
  listAudit: ['GET', '/api/audit'],
  exportAudit: ['GET', '/api/audit/export'],
} as const satisfies Paths;
