import type { Paths } from './method-and-path.ts';

export const PROFILE_PATHS = {} as const satisfies Paths;
