import type { Paths } from './method-and-path.ts';

export const FACTORS_PATHS = {} as const satisfies Paths;
