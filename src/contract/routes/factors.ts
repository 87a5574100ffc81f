import type { FACTORS_PATHS } from '../paths/factors.ts';
import type { Route } from '../route.ts';

export const factorsRoutes = {} satisfies Record<keyof typeof FACTORS_PATHS, Route>;
