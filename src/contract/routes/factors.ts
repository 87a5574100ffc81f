import { z } from 'zod';
import type { FACTORS_PATHS } from '../paths/factors.ts';
import { ADMINS, EVERYONE, idParams, route, type Route } from '../route.ts';
import * as schema from '../schemas.ts';
import { factorAnswer, factorQuestion, oneAnswer } from './factor-answer.ts';
import { assertion, ceremonyOptions, challenge, newCredential } from './webauthn.ts';

const none = z.object({});
const STEP = ['sign-in-step'] as const;
const asked = z.object({ challenge: z.string(), options: ceremonyOptions });
const passkey = z.object({
  id: z.int(),
  name: z.string(),
  /** Kept by a provider of passkeys, so that losing the device does not lose it. */
  backed_up: z.boolean(),
  created_at: schema.time,
  last_used_at: schema.time.nullable(),
});
/** Shown once; null: there are some already. */
const recoveryCodes = z.array(z.string()).nullable();
const identity = z.object({ id: z.int(), issuer: z.string(), created_at: schema.time });
/** A path of the portal, to go on at. */
const portalPath = z
  .string()
  .max(500)
  .regex(/^\/(?![/\\])[\x21\x22\x24-\x5b\x5d-\x7e]*$/, 'must be a path of the portal');
const flag = z.enum(['true', 'false']).default('false');
/** Values as a provider sends them: each at most once. */
const parameter = z.string().max(4096).optional();

export const factorsRoutes = {
  askSecondFactor: route({
    summary: 'How the second factor that a sign-in asked for can be given',
    access: 'anyone',
    limits: STEP,
    body: z.strictObject({ challenge }),
    response: factorQuestion,
  }),
  giveSecondFactor: route({
    summary: 'Complete a sign-in with a second factor',
    access: 'anyone',
    limits: STEP,
    body: z.strictObject({ challenge, ...factorAnswer }).refine(oneAnswer.check, oneAnswer.message),
    response: schema.Session,
  }),
  askPasskey: route({
    summary: 'Begin to sign in with a passkey alone',
    access: 'anyone',
    limits: STEP,
    response: asked,
  }),
  passkeyToken: route({
    summary: 'Sign in with a passkey alone',
    access: 'anyone',
    limits: STEP,
    body: z.strictObject({ challenge, passkey: assertion }),
    response: schema.Session,
  }),
  askConfirmation: route({
    summary: 'How a sign-in can be confirmed: the second factors of who asks',
    access: EVERYONE,
    secret: true,
    enrolment: true,
    response: factorQuestion,
  }),
  readFactors: route({
    summary: 'Your second factors',
    access: EVERYONE,
    enrolment: true,
    response: z.object({
      /** The settings ask you for one. */
      required: z.boolean(),
      totp_since: schema.time.nullable(),
      passkeys: z.array(passkey),
      recovery_codes_left: z.int(),
    }),
  }),
  enrolTotp: route({
    summary: 'A new secret for an authenticator app; it counts once it is confirmed',
    access: EVERYONE,
    secret: true,
    recent: true,
    enrolment: true,
    status: 201,
    response: z.object({ secret: z.string(), uri: z.string() }),
  }),
  confirmTotp: route({
    summary: 'Confirm the authenticator app with a code that it shows',
    access: EVERYONE,
    secret: true,
    recent: true,
    enrolment: true,
    body: z.strictObject({ code: factorAnswer.code.unwrap() }),
    response: z.object({ recovery_codes: recoveryCodes }),
  }),
  removeTotp: route({ summary: 'Remove the authenticator app', access: EVERYONE, recent: true, response: none }),
  makeRecoveryCodes: route({
    summary: 'Ten new recovery codes; the earlier ones are void',
    access: EVERYONE,
    secret: true,
    recent: true,
    status: 201,
    response: z.object({ recovery_codes: z.array(z.string()) }),
  }),
  askNewPasskey: route({
    summary: 'Begin to add a passkey',
    access: EVERYONE,
    secret: true,
    recent: true,
    enrolment: true,
    response: asked,
  }),
  addPasskey: route({
    summary: 'Add a passkey',
    access: EVERYONE,
    secret: true,
    recent: true,
    enrolment: true,
    body: z.strictObject({ challenge, name: schema.line(60), credential: newCredential }),
    status: 201,
    response: passkey.extend({ recovery_codes: recoveryCodes }),
  }),
  renamePasskey: route({
    summary: 'Rename a passkey',
    access: EVERYONE,
    params: idParams,
    body: z.strictObject({ name: schema.line(60) }),
    response: passkey,
  }),
  removePasskey: route({
    summary: 'Remove a passkey',
    access: EVERYONE,
    recent: true,
    params: idParams,
    response: none,
  }),
  resetFactors: route({
    summary: 'Remove every second factor of a person who has lost theirs, and sign them out',
    access: ADMINS,
    recent: true,
    params: idParams,
    response: none,
  }),
  oidcProvider: route({
    summary: 'The name of the OpenID provider that people can sign in with',
    access: 'anyone',
    response: z.object({ name: z.string().nullable() }),
  }),
  startOidc: route({
    summary: 'Sign in with the OpenID provider: redirects the browser to it',
    access: 'anyone',
    limits: STEP,
    query: z.strictObject({
      to: portalPath.default('/'),
      /** `true`: the provider is to ask for the credentials again. */
      fresh: flag,
      /** `true`: goes on with what `linkIdentity` began in this browser. */
      linking: flag,
    }),
    status: 302,
    gives: 'stream',
    response: none,
  }),
  finishOidc: route({
    summary: 'Where the OpenID provider sends the browser back to',
    access: 'anyone',
    limits: STEP,
    // What providers add beside these is theirs to choose (OAuth 2.0 §4.1.2: ignore what is not known).
    query: z.object({
      ...{ state: parameter, code: parameter, iss: parameter },
      ...{ error: parameter, error_description: parameter, error_uri: parameter },
    }),
    status: 302,
    gives: 'stream',
    response: none,
  }),
  linkIdentity: route({
    summary: 'Begin to link your account with one at the OpenID provider: the path to send the browser to',
    access: EVERYONE,
    secret: true,
    recent: true,
    body: z.strictObject({ to: portalPath.default('/') }),
    response: z.object({ url: z.string() }),
  }),
  listIdentities: route({
    summary: 'Your linked accounts at the OpenID provider',
    access: EVERYONE,
    response: z.object({ results: z.array(identity) }),
  }),
  unlinkIdentity: route({
    summary: 'Unlink an account at the OpenID provider',
    access: EVERYONE,
    recent: true,
    params: idParams,
    response: none,
  }),
} satisfies Record<keyof typeof FACTORS_PATHS, Route>;
