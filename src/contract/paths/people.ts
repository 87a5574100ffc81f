import type { Paths } from './method-and-path.ts';

export const PEOPLE_PATHS = {} as const satisfies Paths;
