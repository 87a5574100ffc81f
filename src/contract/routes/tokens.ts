import { z } from 'zod';
import { SIGN_IN_METHODS } from '../../people/sign-in-methods.ts';
import type { TOKENS_PATHS } from '../paths/tokens.ts';
import { EVERYONE, idParams, route, type Route } from '../route.ts';
import * as schema from '../schemas.ts';
import { factorAnswer, oneAnswer } from './factor-answer.ts';
import { challenge } from './webauthn.ts';

const email = schema.line(320);
/** Its exact bytes count. */
const password = z.string().min(1).max(1024);
const credentials = z.strictObject({ email, password });
const refresh = z.strictObject({ refresh: z.string().min(1).max(200).optional() });
/** Of a link: what is none, and nothing at all, is no link (404). */
const token = z.string().max(200);
const none = z.object({});

const GUESSES = ['sign-in', 'sign-in-ip', 'sign-in-everybody'] as const;
const MAILS = ['mail-ip', 'mail-everybody'] as const;

const session = z.object({
  id: z.int(),
  created_at: schema.time,
  /** Of its last refresh; tokens are refreshed every ten minutes or so while somebody is there. */
  last_used_at: schema.time,
  expires_at: schema.time,
  method: z.enum(SIGN_IN_METHODS),
  user_agent: z.string(),
  /** It is the one that asks. */
  current: z.boolean(),
});

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
    response: none,
  }),
  confirmToken: route({
    summary: 'Confirm who you are, so that sensitive changes are possible for the next 15 minutes',
    access: EVERYONE,
    secret: true,
    enrolment: true,
    limits: ['confirm'],
    /** Whatever of them the account has; a passkey answers the challenge of `askConfirmation`. */
    body: z
      .strictObject({ password: password.optional(), challenge: challenge.optional(), ...factorAnswer })
      .refine(oneAnswer.atMost, oneAnswer.message),
    response: z.object({ recent_until: schema.time }),
  }),
  askSignInLink: route({
    summary: 'Have a link to sign in sent to an address; the answer is the same for every address',
    access: 'anyone',
    limits: ['sign-in-link', ...MAILS],
    body: z.strictObject({ email }),
    response: none,
  }),
  linkToken: route({
    summary: 'Sign in by a link that was sent by mail; whoever only ever wrote by mail has an account from then on',
    access: 'anyone',
    limits: ['link'],
    body: z.strictObject({ token }),
    response: schema.Session,
  }),
  changePassword: route({
    summary: 'Change your password; every other session ends',
    access: EVERYONE,
    limits: ['confirm'],
    secret: true,
    body: z.strictObject({
      /** The one you have; left out by who has none yet. */
      current: password.optional(),
      /** 12 characters or more, up to 1,024 bytes */
      new: password,
    }),
    response: none,
  }),
  forgotPassword: route({
    summary: 'Have a link to choose a new password sent to an address; the answer is the same for every address',
    access: 'anyone',
    limits: ['reset', ...MAILS],
    body: z.strictObject({ email }),
    response: none,
  }),
  resetPassword: route({
    summary: 'Choose a password by a link that was sent by mail; every session ends',
    access: 'anyone',
    limits: ['link'],
    body: z.strictObject({ token, password }),
    /** pending: an admin has to approve the account before it can be used. */
    response: z.object({ status: z.enum(['approved', 'pending']) }),
  }),
  listSessions: route({
    summary: 'Where you are signed in, last used first',
    access: EVERYONE,
    enrolment: true,
    response: z.object({ results: z.array(session) }),
  }),
  endSession: route({
    summary: 'Sign out somewhere: end one of your sessions',
    access: EVERYONE,
    enrolment: true,
    params: idParams,
    response: none,
  }),
  endOtherSessions: route({
    summary: 'Sign out everywhere else',
    access: EVERYONE,
    enrolment: true,
    response: z.object({ ended: z.int() }),
  }),
} satisfies Record<keyof typeof TOKENS_PATHS, Route>;
