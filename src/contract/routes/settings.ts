import type { SETTINGS_PATHS } from '../paths/settings.ts';
import type { Route } from '../route.ts';

export const settingsRoutes = {} satisfies Record<keyof typeof SETTINGS_PATHS, Route>;
