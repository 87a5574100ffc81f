import { z } from 'zod';
import type { MAILBOXES_PATHS } from '../paths/mailboxes.ts';
import { ADMINS, idParams, route, type Route } from '../route.ts';
import * as schema from '../schemas.ts';
import { source, sourceInput, transport, transportInput } from './mailbox-shapes.ts';

/** Reply addresses carry a mark behind it: local-part+mark@domain must stay within 64 characters (RFC 5321 §4.5.3.1.1). */
const ownAddress = schema.address.regex(
  /^[a-z0-9._-]{1,16}@[a-z0-9.-]+$/,
  'must be a mail address whose local part is at most 16 plain characters',
);
const domain = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]+$/, 'must be a domain such as example.com');
const named = z.object({ id: z.int(), name: z.string() });
const senderPolicy = z.enum(['everyone', 'employees', 'domains']);
const senderTrust = z.enum(['verify', 'submission']);
const history = z.enum(['quiet', 'live']);
/** Several lines; empty: none. */
const signature = z.union([z.literal(''), schema.words(2000)]);

const fields = {
  name: schema.line(100),
  /** More addresses that mail for it comes to. */
  aliases: z.array(schema.address).max(50),
  source: sourceInput,
  transport: transportInput,
  /** Of its new tickets: name or id; null: none. */
  default_category: z.union([schema.line(100), z.int().positive()]).nullable(),
  default_department: z.union([schema.line(100), z.int().positive()]).nullable(),
  /** Who may open tickets; what others write waits in quarantine. */
  sender_policy: senderPolicy,
  /** Of the policy `domains`. */
  sender_domains: z.array(domain).max(200),
  /** verify: DMARC decides whether a sender is believed; submission: whoever may hand mail in is (drop and http only). */
  sender_trust: senderTrust,
  /** Stands below its mails. */
  signature,
  /** Whether its host delivers support+…@ to support@; without, replies are known by the Message-IDs that they name. */
  plus_addressing: z.boolean(),
  /** Nothing is sent automatically: only what people write. */
  quiet: z.boolean(),
  enabled: z.boolean(),
};
const optional = z.strictObject(fields).partial();
/** A mailbox that is to be made, by an admin or by the environment. */
export const newMailbox = optional.required({ name: true, source: true }).extend({
  address: ownAddress,
  history: history.default('quiet'),
});
export type MailboxFields = z.output<typeof optional>;

const mailbox = z.object({
  id: z.int(),
  version: z.int(),
  name: z.string(),
  address: z.string(),
  aliases: z.array(z.string()),
  source,
  transport,
  /** Secrets that are stored, by name; none ever comes out. */
  secrets: z.array(
    z.enum([
      ...(['password', 'client_secret', 'refresh_token', 'private_key', 'push_secret', 'transport_password'] as const),
      ...(['transport_client_secret', 'transport_refresh_token', 'transport_private_key'] as const),
    ]),
  ),
  default_category: named.nullable(),
  default_department: named.nullable(),
  sender_policy: senderPolicy,
  sender_domains: z.array(z.string()),
  sender_trust: senderTrust,
  signature: z.string(),
  plus_addressing: z.boolean(),
  quiet: z.boolean(),
  /** What was there before the desk first looked: imported without a word to anybody, or taken as new. */
  history,
  enabled: z.boolean(),
  health: schema.MailboxHealth,
  /** Mails that wait for a decision; 1,000 stands for more. */
  held_back: z.int(),
  created_at: schema.time,
  updated_at: schema.time.nullable(),
});
const told = mailbox.extend({
  /** The secret of pushed mail, told this once; null: it was not made anew. */
  push_secret: z.string().nullable(),
});

export const mailboxesRoutes = {
  listMailboxes: route({
    summary: 'Every mailbox with how it fares',
    access: ADMINS,
    scope: 'settings:read',
    response: z.object({ results: z.array(mailbox) }),
  }),
  createMailbox: route({
    summary:
      'Add a mailbox. One that is read from a server is switched off until you say so, so that a dry run comes first',
    access: ADMINS,
    scope: 'settings:write',
    recent: true,
    secret: true,
    body: newMailbox,
    response: told,
    status: 201,
  }),
  readMailbox: route({
    summary: 'One mailbox',
    access: ADMINS,
    scope: 'settings:read',
    params: idParams,
    response: mailbox,
  }),
  changeMailbox: route({
    summary: 'Change a mailbox; what is left out stays. Workers follow within 10 seconds',
    access: ADMINS,
    scope: 'settings:write',
    recent: true,
    secret: true,
    params: idParams,
    body: optional.extend({ version: z.int().positive() }),
    response: told,
  }),
  disableMailbox: route({
    summary: 'Switch a mailbox off: it is not read any more. Its mail and its tickets stay',
    access: ADMINS,
    scope: 'settings:write',
    params: idParams,
    response: mailbox,
  }),
  resumeMailbox: route({
    summary: 'Let a mailbox go on that the desk has stopped',
    access: ADMINS,
    scope: 'settings:write',
    params: idParams,
    response: mailbox,
    secret: true,
  }),
  examineMailbox: route({
    summary: 'Look at everything a mailbox depends on: credentials, scopes, folder, clock, the server it sends by',
    access: ADMINS,
    scope: 'settings:write',
    params: idParams,
    body: z.strictObject({
      /** Also send a mail round, from the mailbox to itself. */
      probe: z.boolean().default(false),
    }),
    response: z.object({ task: schema.Task }),
    status: 202,
  }),
  rehearseMailbox: route({
    summary: 'Say what reading a mailbox would make of its mail. Nothing is stored, and nobody is written to',
    access: ADMINS,
    scope: 'settings:write',
    params: idParams,
    response: z.object({ task: schema.Task }),
    status: 202,
  }),
  readHealth: route({
    summary: 'Whether every mailbox that is switched on is read',
    access: ADMINS,
    scope: 'settings:read',
    response: z.object({
      status: z.enum(['ok', 'degraded']),
      mailboxes: z.array(
        z.object({ id: z.int(), name: z.string(), address: z.string(), health: schema.MailboxHealth }),
      ),
    }),
  }),
  startGmailConsent: route({
    summary: 'Begin the consent of a Gmail mailbox’s owner: the address of Google’s page to go to with this browser',
    access: ADMINS,
    recent: true,
    secret: true,
    params: idParams,
    response: z.object({ url: z.string() }),
  }),
  finishGmailConsent: route({
    summary: 'Where Google sends the browser back to',
    access: 'anyone',
    limits: ['link'],
    /** Google says more than we ask. */
    query: z.object({ state: z.string().optional(), code: z.string().optional(), error: z.string().optional() }),
    gives: 'stream',
    response: z.unknown(),
    status: 302,
  }),
  gmailPush: route({
    summary: 'News of a Gmail mailbox by Pub/Sub (a push subscription with authentication): it is read now',
    access: 'anyone',
    limits: ['push'],
    body: z.looseObject({}),
    response: z.object({}),
  }),
  renewPushSecret: route({
    summary: 'Make a new secret for pushed mail; the old one ends at once',
    access: ADMINS,
    scope: 'settings:write',
    recent: true,
    secret: true,
    params: idParams,
    response: told,
  }),
} satisfies Record<keyof typeof MAILBOXES_PATHS, Route>;
