import type { Paths } from './method-and-path.ts';

export const ASSISTANT_PATHS = {
  askAssistant: ['POST', '/api/assistant'],
} as const satisfies Paths;
