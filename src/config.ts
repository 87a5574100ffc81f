import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { complaintsAboutImap, imapOf, imapVariables, type ImapSettings } from './config/imap.ts';
import { missing, type Complaint } from './config/complaint.ts';
import { complaintsAboutGmail, gmailOf, gmailVariables, type GmailSettings } from './config/gmail.ts';
import { secureUrl, url } from './config/url.ts';
import { clamdAddress, clamdUrl } from './config/clamd.ts';
import { webhookHosts } from './config/webhooks.ts';
import { workflowOf, workflowVariables, type WorkflowConfig } from './config/workflow.ts';
import { UsageError } from './errors.ts';
import type { Destination } from './http/destinations.ts';

/** The folder of this project: the command works from anywhere. */
const PROJECT = fileURLToPath(new URL('..', import.meta.url));

const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback);
const address = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9._-]{1,16}@[a-z0-9.-]+$/, 'must be a mail address whose local part is at most 16 plain characters');

const keysOf = (text: string) => text.split(',').map((entry) => entry.split(':'));

/** kid:secret, the current one first; kid is one character of a-z2-7, the secret at least 32 bytes in base64. */
const secretKeys = z
  .string()
  .regex(
    /^[a-z2-7]:[A-Za-z0-9+/_-]{43,}=*(,[a-z2-7]:[A-Za-z0-9+/_-]{43,}=*)*$/,
    'must look like a:SECRET with SECRET at least 32 random bytes in base64, the current one first (make one with: openssl rand -base64 32)',
  )
  .refine((text) => keysOf(text).every(([, secret]) => Buffer.from(secret ?? '', 'base64').length >= 32), {
    error: 'has a secret of less than 32 bytes',
  })
  .refine((text) => new Set(keysOf(text).map(([kid]) => kid)).size === keysOf(text).length, {
    error: 'names two secrets by the same character',
  });

/** IP addresses and networks (`10.0.0.0/8`), separated by commas. */
const proxies = z
  .string()
  .transform((text) => text.split(',').map((entry) => entry.trim()))
  .refine(
    (entries) => entries.every(isNetwork),
    'must be IP addresses or networks such as 10.0.0.0/8, separated by commas',
  );

function isNetwork(entry: string): boolean {
  const [address = '', bits = '0', ...more] = entry.split('/');
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
}

/** It stands in mail headers. */
const organisation = z
  .string()
  .trim()
  .max(100)
  .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]+$/u, 'must be one line without control characters');

/** Understood in both modes. */
const common = {
  PORT: port(8080),
  HOST: z.string().default('127.0.0.1'),
  DATA_DIR: z.string().optional(),
  ORGANISATION: organisation.optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  SMTP_DROP_HOST: z.string().default('127.0.0.1'),
  SMTP_DROP_TLS_KEY: z.string().optional(),
  SMTP_DROP_TLS_CERT: z.string().optional(),
  LMTP_DROP_PORT: port(0),
  MAX_MESSAGE_BYTES: z.coerce.number().int().min(10_000).max(1_000_000_000).default(50_000_000),
  DNS_SERVERS: z.string().optional(),
  MAILDIR: z.string().optional(),
  MAILBOXES: z.string().optional(),
  ...imapVariables,
  ...gmailVariables,
  ...workflowVariables,
  CLAMD_URL: clamdUrl.optional(),
  WEBHOOK_HOSTS: webhookHosts.default([]),
  TRUSTED_PROXY: proxies.optional(),
  RATE_LIMIT_FACTOR: z.coerce.number().int().min(1).max(100_000).default(1),
  DKIM_DOMAIN: z.string().trim().toLowerCase().min(1).max(253).optional(),
  DKIM_SELECTOR: z.string().trim().min(1).max(63).optional(),
  DKIM_PRIVATE_KEY: z.string().min(1).optional(),
  OIDC_ISSUER: secureUrl.optional(),
  OIDC_CLIENT_ID: z.string().trim().min(1).optional(),
  OIDC_CLIENT_SECRET: z.string().min(1).optional(),
  OIDC_NAME: z.string().trim().min(1).max(60).optional(),
};

/** Sign-in with an OpenID provider, the workflow system and the signature of mails are configured whole or not at all. */
const WHOLE: Record<string, readonly string[]> = {
  OIDC_: ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'],
  WORKFLOW_: ['WORKFLOW_URL', 'WORKFLOW_API_KEY'],
  DKIM_: ['DKIM_DOMAIN', 'DKIM_SELECTOR', 'DKIM_PRIVATE_KEY'],
};

/** What is missing of them. A refinement of the schema would be silent while anything else is wrong. */
function missingOfWholes(given: Record<string, unknown>): Complaint[] {
  return Object.entries(WHOLE).flatMap(([prefix, needs]) => {
    const some = Object.keys(given).some((name) => name.startsWith(prefix) && VARIABLES.includes(name));
    return some ? needs.filter((name) => !(name in given)).map(missing) : [];
  });
}

const local = z.object({
  ...common,
  SMTP_DROP_PORT: port(2525),
  SUPPORT_ADDRESS: address.default('support@localhost'),
});

const production = z.object({
  ...common,
  HOST: common.HOST.default('0.0.0.0'),
  DATABASE_URL: url('postgres', 'postgresql'),
  DATABASE_OWNER_URL: url('postgres', 'postgresql').optional(),
  PUBLIC_URL: url('https', 'http'),
  SECRET_KEYS: secretKeys,
  SUPPORT_ADDRESS: address,
  SMTP_DROP_PORT: port(0),
  SMTP_URL: url('smtp', 'smtps'),
});

/** A start that sets one of these means production; setting only some of them is refused. */
const PRODUCTION_ONLY = ['DATABASE_URL', 'DATABASE_OWNER_URL', 'PUBLIC_URL', 'SECRET_KEYS', 'SMTP_URL'] as const;

/** Every variable the program reads, for the README's table and the compose file's test. */
export const VARIABLES: readonly string[] = [
  ...new Set([...Object.keys(local.shape), ...Object.keys(production.shape)]),
];

export interface Config {
  mode: 'local' | 'production';
  port: number;
  host: string;
  dataDir: string;
  /** null: the settings say it. */
  organisation: string | null;
  logLevel: string;
  supportAddress: string;
  smtpDropHost: string;
  /** null: no drop. */
  smtpDropPort: number | null;
  /** Files in PEM; null: the drop offers no STARTTLS. */
  smtpDropTls: { key: string; cert: string } | null;
  /** null: no LMTP. */
  lmtpDropPort: number | null;
  /** bytes */
  maxMessageBytes: number;
  dnsServers: string[] | null;
  /** Folder of a Maildir that mail for the support address is read from, besides the drop. */
  maildir: string | null;
  /** More mailboxes, in JSON or the file of it; null: none. */
  mailboxes: string | null;
  /** The IMAP account that mail for the support address is read from, besides the drop. */
  imap: ImapSettings | null;
  /** The Gmail account that mail for the support address is read from, besides the drop. */
  gmail: GmailSettings | null;
  /** Replaces Google's hosts for the Gmail mailboxes that admins make. */
  gmailApiUrl: string | null;
  /** The service account that Pub/Sub pushes news of Gmail as; null: none is believed. */
  gmailPushEmail: string | null;
  /** Pub/Sub topic that Gmail is asked to publish news to; null: it is not asked. */
  gmailPushTopic: string | null;
  /** Proxies in front of the desk whose X-Forwarded-For is believed; none: whoever connects is who asks. */
  trustedProxies: readonly string[];
  /** Multiplies every limit on how often something may be asked. */
  rateLimitFactor: number;
  /** null in local mode: the embedded PostgreSQL decides. */
  databaseUrl: string | null;
  databaseOwnerUrl: string | null;
  /** No slash at the end; null in local mode: http://localhost:PORT. */
  publicUrl: string | null;
  secretKeys: string | null;
  smtpUrl: string | null;
  /** What mail of a domain is signed with; `privateKey`: PEM, or a file of it. null: whoever relays our mail signs it. */
  dkim: { domain: string; selector: string; privateKey: string } | null;
  /** null: nobody signs in with an OpenID provider. */
  oidc: OidcConfig | null;
  /** null: tickets are sent to no workflow system. */
  workflow: WorkflowConfig | null;
  /** The virus scanner; null: files are not scanned. */
  clamd: ReturnType<typeof clamdAddress> | null;
  /** Servers that webhooks may call; none: there are no webhooks. */
  webhookHosts: readonly Destination[];
}

/** The OpenID provider that people can sign in with, and this desk's client there. */
export interface OidcConfig {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** On the button of the sign-in page. */
  name: string;
}

/** Reads the environment, or says in one line per variable what is missing or wrong. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const mode = PRODUCTION_ONLY.some((name) => name in given) ? 'production' : 'local';
  const result = mode === 'production' ? production.safeParse(given) : local.safeParse(given);
  const together = [...missingOfWholes(given), ...complaintsAboutImap(given), ...complaintsAboutGmail(given)];
  if (!result.success || together.length > 0)
    throw new UsageError(explain([...(result.error?.issues ?? []), ...together], mode, given));

  const values: Partial<z.infer<typeof production>> & z.infer<typeof local> = result.data;
  return {
    mode,
    port: values.PORT,
    host: values.HOST,
    dataDir: values.DATA_DIR ? resolve(values.DATA_DIR) : join(PROJECT, '.data'),
    organisation: values.ORGANISATION ?? null,
    logLevel: values.LOG_LEVEL,
    supportAddress: values.SUPPORT_ADDRESS,
    smtpDropHost: values.SMTP_DROP_HOST,
    smtpDropPort: mode === 'production' && values.SMTP_DROP_PORT === 0 ? null : values.SMTP_DROP_PORT,
    smtpDropTls: bothOrNone(values),
    lmtpDropPort: values.LMTP_DROP_PORT || null,
    maxMessageBytes: values.MAX_MESSAGE_BYTES,
    dnsServers: values.DNS_SERVERS?.split(',').map((server) => server.trim()) ?? null,
    maildir: values.MAILDIR ? resolve(values.MAILDIR) : null,
    mailboxes: values.MAILBOXES ?? null,
    imap: imapOf(values),
    gmail: gmailOf(values, values.SUPPORT_ADDRESS),
    gmailApiUrl: values.GMAIL_API_URL?.replace(/\/+$/, '') ?? null,
    gmailPushEmail: values.GMAIL_PUSH_EMAIL ?? null,
    gmailPushTopic: values.GMAIL_PUSH_TOPIC ?? null,
    trustedProxies: values.TRUSTED_PROXY ?? [],
    rateLimitFactor: values.RATE_LIMIT_FACTOR,
    databaseUrl: values.DATABASE_URL ?? null,
    databaseOwnerUrl: values.DATABASE_OWNER_URL ?? values.DATABASE_URL ?? null,
    publicUrl: values.PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    secretKeys: values.SECRET_KEYS ?? null,
    smtpUrl: values.SMTP_URL ?? null,
    dkim: dkimOf(values),
    oidc: oidcOf(values),
    workflow: workflowOf(values),
    clamd: values.CLAMD_URL ? clamdAddress(values.CLAMD_URL) : null,
    webhookHosts: values.WEBHOOK_HOSTS,
  };
}

function bothOrNone(given: {
  SMTP_DROP_TLS_KEY?: string | undefined;
  SMTP_DROP_TLS_CERT?: string | undefined;
}): Config['smtpDropTls'] {
  const { SMTP_DROP_TLS_KEY: key, SMTP_DROP_TLS_CERT: cert } = given;
  if (!key && !cert) return null;
  if (key && cert) return { key: resolve(key), cert: resolve(cert) };
  throw new UsageError(
    `The configuration is incomplete.\n${key ? 'SMTP_DROP_TLS_CERT' : 'SMTP_DROP_TLS_KEY'} is missing`,
  );
}

function dkimOf(values: z.infer<typeof local>): Config['dkim'] {
  const { DKIM_DOMAIN: domain, DKIM_SELECTOR: selector, DKIM_PRIVATE_KEY: privateKey } = values;
  return domain && selector && privateKey ? { domain, selector, privateKey } : null;
}

function oidcOf(values: z.infer<typeof local>): OidcConfig | null {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret, OIDC_NAME: name } = values;
  if (!issuer || !clientId || !clientSecret) return null;
  return { issuer, clientId, clientSecret, name: name ?? new URL(issuer).hostname };
}

function explain(issues: readonly Complaint[], mode: Config['mode'], given: Record<string, unknown>): string {
  // The first complaint about a variable is enough.
  const lines = new Map<string, string>();
  for (const { path, message } of issues) {
    const name = String(path[0]);
    if (!lines.has(name)) lines.set(name, name in given ? `${name} is wrong: ${message}` : `${name} is missing`);
  }
  const first =
    mode === 'production'
      ? `The configuration is incomplete. ${PRODUCTION_ONLY.filter((name) => name in given).join(', ')} asks for production; without any of it the desk runs locally.`
      : 'The configuration is wrong.';
  return [first, ...lines.values()].join('\n');
}
