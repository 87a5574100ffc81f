import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig, VARIABLES } from '../src/config.ts';
import { UsageError } from '../src/errors.ts';

const KEYS = `a:${'A'.repeat(43)}=`;
const production = {
  DATABASE_URL: 'postgres://desk@db/desk',
  PUBLIC_URL: 'https://help.maravia.example/',
  SECRET_KEYS: KEYS,
  SUPPORT_ADDRESS: 'Support@Maravia.example',
  SMTP_URL: 'smtps://user:secret@mail.maravia.example',
};

/** The lines that a start is refused with. */
function refusal(env: Record<string, string>): string[] {
  try {
    readConfig(env);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as UsageError).message.split('\n');
  }
  throw new Error('It was not refused');
}

test('without any variable the desk is local, on the loopback, with its data in the project', () => {
  expect(readConfig({})).toEqual({
    mode: 'local',
    port: 8080,
    host: '127.0.0.1',
    dataDir: resolve(import.meta.dirname, '..', '.data'),
    organisation: null,
    logLevel: 'info',
    supportAddress: 'support@localhost',
    smtpDropHost: '127.0.0.1',
    smtpDropPort: 2525,
    smtpDropTls: null,
    lmtpDropPort: null,
    maxMessageBytes: 50_000_000,
    dnsServers: null,
    maildir: null,
    mailboxes: null,
    imap: null,
    gmail: null,
    gmailApiUrl: null,
    gmailPushEmail: null,
    gmailPushTopic: null,
    trustedProxies: [],
    rateLimitFactor: 1,
    databaseUrl: null,
    databaseOwnerUrl: null,
    publicUrl: null,
    secretKeys: null,
    smtpUrl: null,
    dkim: null,
    oidc: null,
    workflow: null,
    clamd: null,
    webhookHosts: [],
  });
});

test('an empty variable is one that is not set', () => {
  expect(readConfig({ PORT: '', DATABASE_URL: '', DATA_DIR: '' })).toEqual(readConfig({}));
});

test('the whole of production is read, addresses in lower case and the public URL without its slash', () => {
  expect(readConfig(production)).toMatchObject({
    mode: 'production',
    host: '0.0.0.0',
    databaseUrl: production.DATABASE_URL,
    databaseOwnerUrl: production.DATABASE_URL,
    publicUrl: 'https://help.maravia.example',
    supportAddress: 'support@maravia.example',
    secretKeys: KEYS,
    smtpUrl: production.SMTP_URL,
    smtpDropPort: null,
  });
  expect(
    readConfig({ ...production, DATABASE_OWNER_URL: 'postgres://owner@db/desk', SMTP_DROP_PORT: '25' }),
  ).toMatchObject({
    databaseOwnerUrl: 'postgres://owner@db/desk',
    smtpDropPort: 25,
  });
});

test('numbers, lists and folders are read as what they are', () => {
  const env = {
    PORT: '0',
    DATA_DIR: 'here',
    DNS_SERVERS: '127.0.0.1:5353, ::1',
    MAILDIR: 'mail',
    MAX_MESSAGE_BYTES: '10000',
    TRUSTED_PROXY: '127.0.0.1, ::1,10.0.0.0/8,fd00::/8',
    RATE_LIMIT_FACTOR: '20',
  };
  expect(readConfig(env)).toMatchObject({
    port: 0,
    dataDir: join(process.cwd(), 'here'),
    dnsServers: ['127.0.0.1:5353', '::1'],
    maildir: join(process.cwd(), 'mail'),
    maxMessageBytes: 10_000,
    trustedProxies: ['127.0.0.1', '::1', '10.0.0.0/8', 'fd00::/8'],
    rateLimitFactor: 20,
  });
});

test('half of production is refused with one line a variable, whichever half', () => {
  expect(refusal({ DATABASE_URL: production.DATABASE_URL })).toEqual([
    expect.stringMatching(/^The configuration is incomplete\. DATABASE_URL asks for production/),
    'PUBLIC_URL is missing',
    'SECRET_KEYS is missing',
    'SUPPORT_ADDRESS is missing',
    'SMTP_URL is missing',
  ]);
  for (const name of Object.keys(production).filter((each) => each !== 'SUPPORT_ADDRESS')) {
    const lines = refusal({ [name]: production[name as keyof typeof production] }).slice(1);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.every((line) => line.endsWith(' is missing'))).toBe(true);
    expect(lines.some((line) => line.startsWith(`${name} `))).toBe(false);
  }
});

test.each(Object.keys(production))('production without %s is refused and names it', (name) => {
  const { [name]: _, ...rest } = production as Record<string, string>;
  expect(refusal(rest).slice(1)).toEqual([`${name} is missing`]);
});

test.each<[string, string]>([
  ['PORT', 'eighty'],
  ['PORT', '65536'],
  ['PORT', '-1'],
  ['PORT', '80.5'],
  ['SMTP_DROP_PORT', '1e9'],
  ['MAX_MESSAGE_BYTES', '9999'],
  ['LOG_LEVEL', 'verbose'],
  ['SUPPORT_ADDRESS', 'support'],
  ['SUPPORT_ADDRESS', 'support@desk@example'],
  ['SUPPORT_ADDRESS', 'sup+port@localhost'],
  ['SUPPORT_ADDRESS', 'a-very-long-local-part@localhost'],
  ['ORGANISATION', '   '],
  ['TRUSTED_PROXY', 'proxy.example.com'],
  ['TRUSTED_PROXY', '10.0.0.0/33'],
  ['TRUSTED_PROXY', '10.0.0.0/'],
  ['TRUSTED_PROXY', '10.0.0.1,'],
  ['TRUSTED_PROXY', '0/0'],
  ['RATE_LIMIT_FACTOR', '0'],
  ['RATE_LIMIT_FACTOR', '1.5'],
])('%s=%s is refused by name, in one line', (name, value) => {
  expect(refusal({ [name]: value })).toEqual([
    'The configuration is wrong.',
    expect.stringMatching(new RegExp(`^${name} is wrong: .+`)),
  ]);
});

test.each<[string, string]>([
  ['DATABASE_URL', 'mysql://db/desk'],
  ['DATABASE_URL', 'db/desk'],
  ['PUBLIC_URL', 'help.maravia.example'],
  ['PUBLIC_URL', 'javascript:alert(1)'],
  ['SMTP_URL', 'https://mail.maravia.example'],
  ['SECRET_KEYS', 'secret'],
  ['SECRET_KEYS', 'a:short'],
  ['SECRET_KEYS', `A:${'A'.repeat(43)}`],
  ['SECRET_KEYS', `a:${'='.repeat(43)}`],
  ['SECRET_KEYS', `${KEYS},`],
  ['SECRET_KEYS', `${KEYS},${KEYS}`],
])('production with %s=%s is refused, and a secret is never repeated', (name, value) => {
  const lines = refusal({ ...production, [name]: value }).slice(1);
  expect(lines).toEqual([expect.stringMatching(new RegExp(`^${name} is wrong: .+`))]);
  if (name === 'SECRET_KEYS') expect(lines.join()).not.toContain(value);
});

test('every variable of either mode is listed once', () => {
  expect([...VARIABLES].sort()).toEqual([...new Set(VARIABLES)].sort());
  expect(VARIABLES).toEqual(expect.arrayContaining(['PORT', 'DATA_DIR', ...Object.keys(production)]));
});

test.each(['SMTP_DROP_TLS_KEY', 'SMTP_DROP_TLS_CERT'])('%s alone is refused, and says what is missing', (name) => {
  const other = name.endsWith('KEY') ? 'SMTP_DROP_TLS_CERT' : 'SMTP_DROP_TLS_KEY';
  expect(() => readConfig({ [name]: '/etc/ssl/desk.pem' })).toThrow(`${other} is missing`);
});

const IMAP = { IMAP_URL: 'imaps://desk%40maravia.example:open%20sesame@mail.maravia.example/Support' };
const OAUTH = {
  IMAP_URL: 'imaps://desk@mail.maravia.example',
  IMAP_OAUTH: 'microsoft',
  IMAP_OAUTH_CLIENT_ID: 'desk',
  IMAP_OAUTH_REFRESH_TOKEN: 'token',
};
const GMAIL = { GMAIL_CLIENT_ID: 'desk', GMAIL_CLIENT_SECRET: 'hush', GMAIL_REFRESH_TOKEN: '1//token' };

test('a mailbox is read by IMAP or by the Gmail API, its history quietly unless told otherwise', () => {
  expect(readConfig(IMAP).imap).toEqual({ url: IMAP.IMAP_URL, history: 'quiet', oauth: null });
  expect(readConfig({ ...OAUTH, IMAP_HISTORY: 'live' }).imap).toEqual({
    url: OAUTH.IMAP_URL,
    history: 'live',
    oauth: {
      ...{ provider: 'microsoft', clientId: 'desk', clientSecret: null },
      ...{ refreshToken: 'token', tenant: 'organizations' },
    },
  });
  expect(readConfig(GMAIL).gmail).toEqual({
    credentials: { kind: 'consent', clientId: 'desk', clientSecret: 'hush', refreshToken: '1//token' },
    ...{ label: 'INBOX', doneLabel: 'SmartSupport', history: 'quiet', apiUrl: null },
  });
  expect(readConfig({ GMAIL_SERVICE_ACCOUNT: 'key.json', GMAIL_SCOPE: 'readonly' }).gmail).toEqual({
    credentials: { kind: 'service-account', key: 'key.json', user: 'support@localhost' },
    ...{ label: 'INBOX', doneLabel: null, history: 'quiet', apiUrl: null },
  });
});

test.each<[string, Record<string, string>, string]>([
  ['no user', { IMAP_URL: 'imaps://mail.maravia.example' }, 'IMAP_URL is wrong: must name the user'],
  ['no password', { IMAP_URL: 'imaps://desk@mail.maravia.example' }, 'IMAP_URL is wrong: has no password'],
  ['a password and tokens', { ...OAUTH, ...IMAP }, 'IMAP_URL is wrong: has a password'],
  ['half of the tokens', { ...OAUTH, IMAP_OAUTH_CLIENT_ID: '' }, 'IMAP_OAUTH_CLIENT_ID is missing'],
  ['Google without a secret', { ...OAUTH, IMAP_OAUTH: 'google' }, 'IMAP_OAUTH_CLIENT_SECRET is missing'],
  [
    'an address and something else wrong',
    { ...OAUTH, IMAP_OAUTH_CLIENT_ID: '', PORT: '-' },
    'IMAP_OAUTH_CLIENT_ID is missing',
  ],
  ['tokens without an address', { IMAP_OAUTH: 'google' }, 'IMAP_URL is missing'],
  ['no URL', { IMAP_URL: 'mail.maravia.example' }, 'IMAP_URL is wrong: must be a URL'],
  ['a Maildir besides', { ...IMAP, MAILDIR: '/mail' }, 'MAILDIR is wrong: is a second source'],
  ['IMAP besides Gmail', { ...IMAP, ...GMAIL }, 'IMAP_URL is wrong: is a second source'],
  ['Gmail without a token', { ...GMAIL, GMAIL_REFRESH_TOKEN: '' }, 'GMAIL_REFRESH_TOKEN is missing'],
  [
    'a token and a service account',
    { ...GMAIL, GMAIL_SERVICE_ACCOUNT: '{}' },
    'GMAIL_REFRESH_TOKEN is wrong: is of no use',
  ],
  [
    'a user with a token',
    { ...GMAIL, GMAIL_USER: 'help@maravia.example' },
    'GMAIL_USER is wrong: is for a service account',
  ],
  [
    'a label without the right',
    { ...GMAIL, GMAIL_SCOPE: 'readonly', GMAIL_DONE_LABEL: 'Done' },
    'GMAIL_DONE_LABEL is wrong',
  ],
  ['an API in clear', { ...GMAIL, GMAIL_API_URL: 'http://gmail.maravia.example' }, 'GMAIL_API_URL is wrong'],
])('a mailbox with %s is refused by name', (_, env, line) => {
  expect(refusal(env)).toContainEqual(expect.stringMatching(new RegExp(`^${line}`)));
});

const OIDC = { OIDC_ISSUER: 'https://id.maravia.example/realm', OIDC_CLIENT_ID: 'desk', OIDC_CLIENT_SECRET: 'secret' };

test('the OpenID provider is read in both modes, and is called by its host where it has no name', () => {
  const oidc = { issuer: OIDC.OIDC_ISSUER, clientId: 'desk', clientSecret: 'secret', name: 'id.maravia.example' };
  expect(readConfig(OIDC)).toMatchObject({ mode: 'local', oidc });
  expect(readConfig({ ...production, ...OIDC, OIDC_NAME: 'Maravia ID' })).toMatchObject({
    ...{ mode: 'production', oidc: { ...oidc, name: 'Maravia ID' } },
  });
});

test('half an OpenID provider is refused with a line for each variable that is missing, whatever else is wrong', () => {
  const missing = ['OIDC_ISSUER is missing', 'OIDC_CLIENT_ID is missing', 'OIDC_CLIENT_SECRET is missing'];
  expect(refusal({ OIDC_NAME: 'Maravia ID' }).slice(1)).toEqual(missing);
  expect(refusal({ OIDC_ISSUER: OIDC.OIDC_ISSUER }).slice(1)).toEqual(missing.slice(1));
  expect(refusal({ ...OIDC, OIDC_CLIENT_SECRET: '', PORT: 'x' }).slice(1)).toEqual([
    ...[expect.stringMatching(/^PORT is wrong/), 'OIDC_CLIENT_SECRET is missing'],
  ]);
});

test.each([
  ['http://id.maravia.example', false],
  ['ftp://id.maravia.example', false],
  ['id.maravia.example', false],
  ['https://id.maravia.example/?tenant=1', false],
  ['http://localhost.maravia.example', false],
  ['http://localhost:9000', true],
  ['http://127.0.0.1:9000', true],
  ['http://[::1]:9000', true],
])('the issuer %s is taken: %s', (issuer, taken) => {
  const env = { ...OIDC, OIDC_ISSUER: issuer };
  if (taken) expect(readConfig(env).oidc?.issuer).toBe(issuer);
  else expect(refusal(env).slice(1)).toEqual([expect.stringMatching(/^OIDC_ISSUER is wrong: must be a URL/)]);
});

test('half a signature of mails is refused with a line for each variable that is missing; a whole one is read', () => {
  expect(refusal({ DKIM_SELECTOR: 'desk' }).slice(1)).toEqual([
    'DKIM_DOMAIN is missing',
    'DKIM_PRIVATE_KEY is missing',
  ]);
  const whole = { DKIM_DOMAIN: 'Help.example', DKIM_SELECTOR: 'desk', DKIM_PRIVATE_KEY: '/run/secrets/dkim' };
  expect(readConfig(whole).dkim).toEqual({ domain: 'help.example', selector: 'desk', privateKey: '/run/secrets/dkim' });
});

test('a topic that Gmail publishes to is no use without the account that pushes from it', () => {
  const topic = 'projects/desk/topics/mail';
  expect(refusal({ GMAIL_PUSH_TOPIC: topic }).slice(1)).toEqual(['GMAIL_PUSH_EMAIL is missing']);
  expect(refusal({ GMAIL_PUSH_TOPIC: 'mail', GMAIL_PUSH_EMAIL: 'push@project.example' }).slice(1)).toEqual([
    'GMAIL_PUSH_TOPIC is wrong: must look like projects/PROJECT/topics/TOPIC',
  ]);
  const whole = { GMAIL_PUSH_TOPIC: topic, GMAIL_PUSH_EMAIL: 'push@project.example' };
  expect(readConfig(whole)).toMatchObject({ gmailPushTopic: topic, gmail: null });
});
