import type { Paths } from './method-and-path.ts';

export const KEYS_PATHS = {} as const satisfies Paths;
