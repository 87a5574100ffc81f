import type { PROFILE_PATHS } from '../paths/profile.ts';
import type { Route } from '../route.ts';

export const profileRoutes = {} satisfies Record<keyof typeof PROFILE_PATHS, Route>;
