import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { UsageError } from './errors.ts';

/** The folder of this project: the command works from anywhere. */
const PROJECT = fileURLToPath(new URL('..', import.meta.url));

const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback);
const url = (...schemes: string[]) =>
  z.string().refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)), {
    error: `must be a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
  });
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

/** Understood in both modes. */
const common = {
  PORT: port(8080),
  HOST: z.string().default('127.0.0.1'),
  DATA_DIR: z.string().optional(),
  ORGANISATION: z.string().trim().min(1).default('SmartSupport'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  SMTP_DROP_HOST: z.string().default('127.0.0.1'),
  MAX_MESSAGE_BYTES: z.coerce.number().int().min(10_000).max(1_000_000_000).default(50_000_000),
  DNS_SERVERS: z.string().optional(),
  MAILDIR: z.string().optional(),
  IMAP_URL: url('imaps', 'imap').optional(),
  IMAP_HISTORY: z.enum(['quiet', 'live']).optional(),
  IMAP_OAUTH: z
    .union([z.enum(['google', 'microsoft']), url('https', 'http')], {
      error: 'must be google, microsoft or the URL of a token endpoint',
    })
    .optional(),
  IMAP_OAUTH_CLIENT_ID: z.string().optional(),
  IMAP_OAUTH_CLIENT_SECRET: z.string().optional(),
  IMAP_OAUTH_REFRESH_TOKEN: z.string().optional(),
  IMAP_OAUTH_TENANT: z.string().optional(),
};

/** What belongs together when a mailbox is read by IMAP: each complaint with the variable it is about. */
function complaintsAboutImap(given: Record<string, unknown>): [name: string, complaint: string][] {
  const { IMAP_URL: address, IMAP_OAUTH: provider, MAILDIR: maildir, ...others } = given;
  const oauth = Object.keys(others).filter((name) => name.startsWith('IMAP_OAUTH_'));
  if (typeof address !== 'string')
    return provider || oauth.length > 0 || 'IMAP_HISTORY' in given ? [['IMAP_URL', 'is missing']] : [];
  const { username, password } = new URL(address);
  const needed = [
    'IMAP_OAUTH_CLIENT_ID',
    'IMAP_OAUTH_REFRESH_TOKEN',
    ...(provider === 'google' ? ['IMAP_OAUTH_CLIENT_SECRET'] : []),
  ];
  const rules: [broken: boolean, name: string, complaint: string][] = [
    [maildir !== undefined, 'MAILDIR', 'is a second source of the same address: keep IMAP_URL or MAILDIR'],
    [username === '', 'IMAP_URL', 'must name the user: imaps://user:password@host/INBOX'],
    [!provider && oauth.length > 0, 'IMAP_OAUTH', 'is missing'],
    [!provider && oauth.length === 0 && password === '', 'IMAP_URL', 'has no password, and there is no IMAP_OAUTH'],
    [
      provider !== undefined && password !== '',
      'IMAP_URL',
      'has a password, and IMAP_OAUTH asks for tokens: keep one of them',
    ],
    ...needed.map(
      (name) => [provider !== undefined && !(name in given), name, 'is missing'] as [boolean, string, string],
    ),
  ];
  return rules.flatMap(([broken, name, complaint]) => (broken ? [[name, complaint]] : []));
}

function checkImap(values: object, context: z.RefinementCtx): void {
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  for (const [name, message] of complaintsAboutImap(given)) context.addIssue({ code: 'custom', path: [name], message });
}

const local = z
  .object({
    ...common,
    SMTP_DROP_PORT: port(2525),
    SUPPORT_ADDRESS: address.default('support@localhost'),
  })
  .superRefine(checkImap);

const production = z
  .object({
    ...common,
    HOST: common.HOST.default('0.0.0.0'),
    DATABASE_URL: url('postgres', 'postgresql'),
    DATABASE_OWNER_URL: url('postgres', 'postgresql').optional(),
    PUBLIC_URL: url('https', 'http'),
    SECRET_KEYS: secretKeys,
    SUPPORT_ADDRESS: address,
    SMTP_DROP_PORT: port(0),
    SMTP_URL: url('smtp', 'smtps'),
  })
  .superRefine(checkImap);

/** A start that sets one of these means production; setting only some of them is refused. */
const PRODUCTION_ONLY = ['DATABASE_URL', 'DATABASE_OWNER_URL', 'PUBLIC_URL', 'SECRET_KEYS', 'SMTP_URL'] as const;

/** Every variable the program reads, for the README's table and the compose file's test. */
export const VARIABLES: readonly string[] = [
  ...new Set([...Object.keys(local.shape), ...Object.keys(production.shape)]),
];

export interface ImapSettings {
  /** imaps:// or imap://, with the user, and the password unless `oauth` is given. */
  url: string;
  /** What becomes of mail that was there before: imported without notifying anybody, or treated as new. */
  history: 'quiet' | 'live';
  oauth: {
    provider: string;
    clientId: string;
    clientSecret: string | null;
    refreshToken: string;
    tenant: string;
  } | null;
}

export interface Config {
  mode: 'local' | 'production';
  port: number;
  host: string;
  dataDir: string;
  organisation: string;
  logLevel: string;
  supportAddress: string;
  smtpDropHost: string;
  /** null: no drop. */
  smtpDropPort: number | null;
  /** bytes */
  maxMessageBytes: number;
  dnsServers: string[] | null;
  /** Folder of a Maildir that mail for the support address is read from, besides the drop. */
  maildir: string | null;
  /** The IMAP account that mail for the support address is read from, besides the drop. */
  imap: ImapSettings | null;
  /** null in local mode: the embedded PostgreSQL decides. */
  databaseUrl: string | null;
  databaseOwnerUrl: string | null;
  /** No slash at the end; null in local mode: http://localhost:PORT. */
  publicUrl: string | null;
  secretKeys: string | null;
  smtpUrl: string | null;
}

/** Reads the environment, or says in one line per variable what is missing or wrong. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const mode = PRODUCTION_ONLY.some((name) => name in given) ? 'production' : 'local';
  const result = mode === 'production' ? production.safeParse(given) : local.safeParse(given);
  if (!result.success) throw new UsageError(explain(result.error, mode, given));

  const values: Partial<z.infer<typeof production>> & z.infer<typeof local> = result.data;
  return {
    mode,
    port: values.PORT,
    host: values.HOST,
    dataDir: values.DATA_DIR ? resolve(values.DATA_DIR) : join(PROJECT, '.data'),
    organisation: values.ORGANISATION,
    logLevel: values.LOG_LEVEL,
    supportAddress: values.SUPPORT_ADDRESS,
    smtpDropHost: values.SMTP_DROP_HOST,
    smtpDropPort: mode === 'production' && values.SMTP_DROP_PORT === 0 ? null : values.SMTP_DROP_PORT,
    maxMessageBytes: values.MAX_MESSAGE_BYTES,
    dnsServers: values.DNS_SERVERS?.split(',').map((server) => server.trim()) ?? null,
    maildir: values.MAILDIR ? resolve(values.MAILDIR) : null,
    imap: imapOf(values),
    databaseUrl: values.DATABASE_URL ?? null,
    databaseOwnerUrl: values.DATABASE_OWNER_URL ?? values.DATABASE_URL ?? null,
    publicUrl: values.PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    secretKeys: values.SECRET_KEYS ?? null,
    smtpUrl: values.SMTP_URL ?? null,
  };
}

function imapOf(values: z.infer<typeof local>): ImapSettings | null {
  const {
    IMAP_URL,
    IMAP_HISTORY = 'quiet',
    IMAP_OAUTH,
    IMAP_OAUTH_CLIENT_ID = '',
    IMAP_OAUTH_REFRESH_TOKEN = '',
  } = values;
  if (!IMAP_URL) return null;
  const oauth = IMAP_OAUTH
    ? {
        ...{
          provider: IMAP_OAUTH,
          clientId: IMAP_OAUTH_CLIENT_ID,
          clientSecret: values.IMAP_OAUTH_CLIENT_SECRET ?? null,
        },
        ...{ refreshToken: IMAP_OAUTH_REFRESH_TOKEN, tenant: values.IMAP_OAUTH_TENANT ?? 'organizations' },
      }
    : null;
  return { url: IMAP_URL, history: IMAP_HISTORY, oauth };
}

function explain(error: z.ZodError, mode: Config['mode'], given: Record<string, unknown>): string {
  // The first complaint about a variable is enough.
  const lines = new Map<string, string>();
  for (const { path, message } of error.issues) {
    const name = String(path[0]);
    if (!lines.has(name)) lines.set(name, name in given ? `${name} is wrong: ${message}` : `${name} is missing`);
  }
  const first =
    mode === 'production'
      ? `The configuration is incomplete. ${PRODUCTION_ONLY.filter((name) => name in given).join(', ')} asks for production; without any of it the desk runs locally.`
      : 'The configuration is wrong.';
  return [first, ...lines.values()].join('\n');
}
