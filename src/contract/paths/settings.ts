import type { Paths } from './method-and-path.ts';

export const SETTINGS_PATHS = {} as const satisfies Paths;
