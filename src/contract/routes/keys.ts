import type { KEYS_PATHS } from '../paths/keys.ts';
import type { Route } from '../route.ts';

export const keysRoutes = {} satisfies Record<keyof typeof KEYS_PATHS, Route>;
