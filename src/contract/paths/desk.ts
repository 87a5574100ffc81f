import type { Paths } from './method-and-path.ts';

export const DESK_PATHS = {
  desk: ['GET', '/api/desk'],
  options: ['GET', '/api/options'],
  openapi: ['GET', '/api/openapi.json'],
} as const satisfies Paths;
