import { z } from 'zod';
import type { TOKENS_PATHS } from '../paths/tokens.ts';
import { route, type Route } from '../route.ts';
import * as schema from '../schemas.ts';

const credentials = z.strictObject({ email: schema.line(320), password: z.string().min(1).max(1024) });
const GUESSES = ['sign-in', 'sign-in-ip', 'sign-in-everybody'] as const;
const refresh = z.strictObject({ refresh: z.string().min(1).max(200).optional() });

export const tokensRoutes = {
  employeeToken: route({
    summary: 'Sign in',
    access: 'anyone',
    limits: GUESSES,
    body: credentials,
    response: schema.Session,
  }),
  adminToken: route({
    summary: 'Sign in as coordinator or admin',
    access: 'anyone',
    limits: GUESSES,
    body: credentials,
    response: schema.Session,
  }),
  refreshToken: route({
    summary: 'Exchange a refresh token for new tokens',
    access: 'anyone',
    limits: ['refresh'],
    body: refresh,
    response: schema.Session,
  }),
  signOut: route({
    summary: 'End the session of a refresh token',
    access: 'anyone',
    limits: ['refresh'],
    body: refresh,
    response: z.object({}),
  }),
} satisfies Record<keyof typeof TOKENS_PATHS, Route>;
