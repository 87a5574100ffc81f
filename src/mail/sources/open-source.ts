import { z } from 'zod';
import { unseal, type Keyring } from '../../secrets.ts';
import type { Mailbox } from '../mailbox.ts';
import { imapSource } from './imap-source.ts';
import { maildirSource } from './maildir-source.ts';
import { oauthToken } from './oauth-token.ts';
import type { Source } from './source.ts';
import { SourceUnavailable } from './unavailable.ts';

/** What opening a source needs beside its mailbox. */
export interface SourceDeps {
  sealing: Keyring;
  maxMessageBytes: number;
  /** Stores a new refresh token, sealed. */
  keepSecret: (mailbox: Pick<Mailbox, 'id'>, secret: MailboxSecret) => Promise<void>;
}

/** Where an IMAP folder is; the credentials are in the secret. */
export const imapConfig = z.object({
  host: z.string().min(1),
  port: z.int().min(1).max(65_535),
  tls: z.enum(['implicit', 'starttls', 'none']),
  user: z.string().min(1),
  folder: z.string().min(1).default('INBOX'),
  oauth: z
    .object({ tokenUrl: z.url(), clientId: z.string().min(1), scope: z.string().nullable().default(null) })
    .optional(),
});
export type ImapConfig = z.infer<typeof imapConfig>;

/** Credentials of a mailbox, stored under seal. */
export const mailboxSecret = z.object({
  password: z.string().optional(),
  clientSecret: z.string().optional(),
  refreshToken: z.string().optional(),
});
export type MailboxSecret = z.infer<typeof mailboxSecret>;

/** Where a mailbox's secret is sealed for: moved to another row it does not open (T33). */
export const secretPlace = ({ id }: Pick<Mailbox, 'id'>) => `mailbox:${id}`;

/** The kinds that are asked for mail. A kind without an entry is one that this version cannot read. */
const OPENERS: Partial<Record<Mailbox['source'], (mailbox: Mailbox, deps: SourceDeps) => Source>> = {
  maildir: ({ sourceConfig }) => maildirSource(String(sourceConfig['path'] ?? '')),
  imap: openImap,
};

/** The source of a polled mailbox. Throws `SourceUnavailable` when its configuration or its secret cannot be used. */
export function openSource(mailbox: Mailbox, deps: SourceDeps): Source {
  const open = OPENERS[mailbox.source];
  if (!open) throw new SourceUnavailable('permission', `This version reads no mailboxes of the kind ${mailbox.source}`);
  return open(mailbox, deps);
}

function openImap(mailbox: Mailbox, deps: SourceDeps): Source {
  const config = imapConfig.safeParse(mailbox.sourceConfig);
  if (!config.success)
    throw new SourceUnavailable('permission', `Its configuration is incomplete: ${config.error.message}`);
  const { oauth, ...place } = config.data;
  const secret = readSecret(mailbox, deps.sealing);
  const options = { ...place, maxBytes: deps.maxMessageBytes };
  if (!oauth) return imapSource({ ...options, auth: { password: secret.password ?? '' } });
  const grant = { ...oauth, clientSecret: secret.clientSecret ?? null, refreshToken: secret.refreshToken ?? '' };
  const keep = (refreshToken: string) => deps.keepSecret(mailbox, { ...secret, refreshToken });
  return imapSource({ ...options, auth: { accessToken: oauthToken(grant, keep) } });
}

/** The credentials of a mailbox in clear. */
export function readSecret(mailbox: Mailbox, sealing: Keyring): MailboxSecret {
  if (!mailbox.secret) return {};
  try {
    return mailboxSecret.parse(JSON.parse(unseal(sealing, mailbox.secret, secretPlace(mailbox))));
  } catch (error) {
    throw new SourceUnavailable('auth', 'Its credentials cannot be opened with SECRET_KEYS: enter them again', null, {
      cause: error,
    });
  }
}
