import { z } from 'zod';
import * as schema from '../schemas.ts';

/* What a mailbox is read from and sends by. Secrets are only ever written: those that are left out of a change stay. */

const secret = z.string().min(1).max(10_000);
const port = z.int().min(1).max(65_535);
/** `none` is for servers on this machine only. */
const tls = z.enum(['implicit', 'starttls', 'none']);
const host = schema.line(253).regex(/^[\w.:-]+$/, 'must be the name or address of a host');

const oauth = {
  /** google, microsoft, or the https URL of a token endpoint */
  provider: z.union([z.enum(['google', 'microsoft']), z.url({ protocol: /^https$/ })]),
  /** Microsoft's; else of no use. */
  tenant: schema.line(100).default('organizations'),
  /** Of Google's service account its address. */
  client_id: schema.line(500),
  /** consent: of the account's owner; application: the app's own right, given by an admin of the domain (Google: a service account). */
  grant: z.enum(['consent', 'application']).default('consent'),
};
/** What each grant needs: a refresh token (consent), a client secret (application), or the private key of Google's service account. */
const oauthInput = z.strictObject({
  ...oauth,
  client_secret: secret.optional(),
  refresh_token: secret.optional(),
  private_key: secret.optional(),
});
export type OauthInput = z.output<typeof oauthInput>;
const imap = { host, port, tls, user: schema.line(254), folder: schema.line(500) };
const gmail = {
  /** Mail with this label is read. */
  label: schema.line(200),
  /** What done mail is labelled with; null: nothing is changed, and read access is enough. */
  done_label: schema.line(200).nullable(),
};
const consent = { kind: z.literal('consent'), client_id: schema.line(500) };
const account = {
  kind: z.literal('service-account'),
  email: schema.address,
  /** the account it acts for */
  subject: schema.address,
};

/** Where mail comes from, as it is given. */
export const sourceInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('drop') }),
  z.strictObject({ kind: z.literal('http') }),
  z.strictObject({
    ...imap,
    ...{ kind: z.literal('imap'), port: port.default(993), tls: tls.default('implicit') },
    folder: imap.folder.default('INBOX'),
    /** Of the user; or else `oauth`. */
    password: secret.optional(),
    oauth: oauthInput.optional(),
  }),
  z.strictObject({
    ...gmail,
    ...{ kind: z.literal('gmail'), label: gmail.label.default('INBOX') },
    done_label: gmail.done_label.default('SmartSupport'),
    credentials: z.discriminatedUnion('kind', [
      /** The refresh token comes by the consent on Google’s page, or is given here. */
      z.strictObject({ ...consent, client_secret: secret.optional(), refresh_token: secret.optional() }),
      z.strictObject({ ...account, private_key: secret.optional() }),
    ]),
  }),
]);
export type SourceInput = z.output<typeof sourceInput>;

/** Where its mail goes out, as it is given. */
export const transportInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('desk') }),
  /** By the account that the mailbox is read from; it needs a done_label, and with it the scope gmail.modify. */
  z.strictObject({ kind: z.literal('gmail') }),
  z.strictObject({
    ...{ kind: z.literal('smtp'), host, port: port.default(465), tls: tls.default('implicit') },
    /** null: the server lets us in without. */
    user: schema.line(254).nullable().default(null),
    /** Of the user; or else `oauth`, whose secrets may be left out where the mailbox is read by the same client. */
    password: secret.optional(),
    oauth: oauthInput.optional(),
  }),
]);
export type TransportInput = z.output<typeof transportInput>;

/** The same without secrets; what only the environment can say too. */
export const source = z.union([
  z.object({ kind: z.enum(['drop', 'http', 'maildir', 'file']) }),
  z.object({ ...imap, kind: z.literal('imap'), oauth: z.object(oauth).nullable() }),
  z.object({
    ...gmail,
    ...{ kind: z.literal('gmail') },
    credentials: z.union([z.object(consent), z.object(account)]),
  }),
]);
export const transport = z.union([
  z.object({ kind: z.enum(['desk', 'gmail']) }),
  z.object({
    kind: z.literal('smtp'),
    host,
    port,
    tls,
    user: z.string().nullable(),
    oauth: z.object(oauth).nullable(),
  }),
]);
