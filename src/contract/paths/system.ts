import type { Paths } from './method-and-path.ts';

export const SYSTEM_PATHS = {
  readSystem: ['GET', '/api/health/system'],
  listFailedJobs: ['GET', '/api/health/jobs'],
  retryJob: ['POST', '/api/health/jobs/:id/retry'],
} as const satisfies Paths;
