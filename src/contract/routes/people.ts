import type { PEOPLE_PATHS } from '../paths/people.ts';
import type { Route } from '../route.ts';

export const peopleRoutes = {} satisfies Record<keyof typeof PEOPLE_PATHS, Route>;
