import type { Paths } from './method-and-path.ts';

export const AUDIT_PATHS = {} as const satisfies Paths;
