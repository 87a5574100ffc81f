import type { AUDIT_PATHS } from '../paths/audit.ts';
import type { Route } from '../route.ts';

export const auditRoutes = {} satisfies Record<keyof typeof AUDIT_PATHS, Route>;
