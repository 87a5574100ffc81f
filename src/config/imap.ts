import { z } from 'zod';
import { missing, type Complaint } from './complaint.ts';
import { url } from './url.ts';

/** Variables of a mailbox that is read by IMAP. */
export const imapVariables = {
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

/** What belongs together when a mailbox is read by IMAP. */
export function complaintsAboutImap(given: Record<string, unknown>): Complaint[] {
  const { IMAP_URL: address, IMAP_OAUTH: provider, MAILDIR: maildir, ...others } = given;
  const oauth = Object.keys(others).filter((name) => name.startsWith('IMAP_OAUTH_') && name in imapVariables);
  if (typeof address !== 'string')
    return provider || oauth.length > 0 || 'IMAP_HISTORY' in given ? [missing('IMAP_URL')] : [];
  if (!URL.canParse(address)) return []; // the field says so
  const { username, password } = new URL(address);
  const rules: [broken: boolean, name: keyof typeof imapVariables | 'MAILDIR', message: string][] = [
    [maildir !== undefined, 'MAILDIR', 'is a second source of the same address: keep IMAP_URL or MAILDIR'],
    [username === '', 'IMAP_URL', 'must name the user: imaps://user:password@host/INBOX'],
    [!provider && oauth.length > 0, 'IMAP_OAUTH', 'is missing'],
    [!provider && oauth.length === 0 && password === '', 'IMAP_URL', 'has no password, and there is no IMAP_OAUTH'],
    [
      provider !== undefined && password !== '',
      'IMAP_URL',
      'has a password, and IMAP_OAUTH asks for tokens: keep one of them',
    ],
  ];
  const needed = [
    'IMAP_OAUTH_CLIENT_ID',
    'IMAP_OAUTH_REFRESH_TOKEN',
    ...(provider === 'google' ? ['IMAP_OAUTH_CLIENT_SECRET'] : []),
  ];
  return [
    ...rules.flatMap(([broken, name, message]) => (broken ? [{ path: [name], message }] : [])),
    ...(provider === undefined ? [] : needed.filter((name) => !(name in given)).map(missing)),
  ];
}

/** The IMAP account that the variables describe, if any. */
export function imapOf(values: z.infer<z.ZodObject<typeof imapVariables>>): ImapSettings | null {
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
