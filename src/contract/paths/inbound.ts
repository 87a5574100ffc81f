import type { Paths } from './method-and-path.ts';

export const INBOUND_PATHS = {
  pushMessage: ['POST', '/api/inbound/:mailbox'],
} as const satisfies Paths;
