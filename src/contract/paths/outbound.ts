import type { Paths } from './method-and-path.ts';

export const OUTBOUND_PATHS = {
  listStops: ['GET', '/api/mail/stops'],
  resumeStop: ['POST', '/api/mail/stops/:id/resume'],
} as const satisfies Paths;
