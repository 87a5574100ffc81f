import { z } from 'zod';
import type { AUDIT_PATHS } from '../paths/audit.ts';
import { ADMINS, id, limit, route, type Route } from '../route.ts';
import * as schema from '../schemas.ts';

/** Which entries. */
export const auditFilters = {
  /** id of the employee who did it */
  actor: id.optional(),
  /** The action, or how it begins: `employee.` for all that was done to accounts. */
  action: z
    .string()
    .regex(/^[a-z0-9_.-]{1,60}$/, 'must look like employee.approved')
    .optional(),
  subject_type: z
    .string()
    .regex(/^[a-z0-9_-]{1,40}$/, 'must look like employee')
    .optional(),
  subject_id: id.optional(),
  outcome: z.enum(['done', 'refused']).optional(),
  /** from this moment on, and before that one */
  from: schema.moment.optional(),
  to: schema.moment.optional(),
};

const entry = z.object({
  id: z.int(),
  at: schema.time,
  /** null: the desk itself, a command, or somebody unknown. */
  actor_id: z.int().nullable(),
  /** As they are now; null when there is nobody of that id (any more). */
  actor: schema.Person.nullable(),
  action: z.string(),
  outcome: z.enum(['done', 'refused']),
  subject_type: z.string().nullable(),
  subject_id: z.int().nullable(),
  data: z.record(z.string(), z.unknown()),
  request_id: z.string().nullable(),
  /** sha256 over this row and the hash of the one before it */
  hash: z.string(),
});

export const auditRoutes = {
  listAudit: route({
    summary: 'What was done and refused, newest first',
    access: ADMINS,
    scope: 'audit:read',
    query: z.strictObject({
      ...auditFilters,
      limit: limit.optional(),
      cursor: z.string().max(40).optional(),
    }),
    response: z.object({ next: z.string().nullable(), previous: z.string().nullable(), results: z.array(entry) }),
  }),
  exportAudit: route({
    summary: 'The audit log as CSV or JSON lines, oldest first, as a file',
    access: ADMINS,
    scope: 'audit:read',
    query: z.strictObject({ ...auditFilters, format: z.enum(['csv', 'jsonl']).default('csv') }),
    gives: 'stream',
    response: z.unknown(),
  }),
} satisfies Record<keyof typeof AUDIT_PATHS, Route>;
