import { z } from 'zod';
import { unseal, type Keyring } from '../../secrets.ts';
import type { Mailbox } from '../mailbox.ts';
import type { Spend } from './gmail-quota.ts';
import { SourceUnavailable } from './unavailable.ts';

/** What opening a source needs beside its mailbox. */
export interface SourceDeps {
  sealing: Keyring;
  maxMessageBytes: number;
  /** Replaces Google's hosts, where the mailbox itself says none. */
  gmailApiUrl: string | null;
  /** Pub/Sub topic that Gmail publishes news of mailboxes to. */
  gmailTopic?: string | null;
  /** The quota of a Gmail account, shared by all that ask it. */
  quotaOf?: (mailboxId: number) => Spend;
  /** Stores a new refresh token, sealed; what else is secret stays. */
  keepSecret: (mailbox: Pick<Mailbox, 'id' | 'version'>, changed: MailboxSecret) => Promise<void>;
}

/** Credentials of a mailbox, stored under seal. */
export const mailboxSecret = z.object({
  password: z.string().optional(),
  clientSecret: z.string().optional(),
  refreshToken: z.string().optional(),
  /** Of a service account, PEM. */
  privateKey: z.string().optional(),
  /** Of pushed mail, as Standard Webhooks writes it. */
  pushSecret: z.string().optional(),
  /** Of the server that its mail goes out by, where that is not the desk's. */
  smtpPassword: z.string().optional(),
  smtpClientSecret: z.string().optional(),
  smtpRefreshToken: z.string().optional(),
  smtpPrivateKey: z.string().optional(),
});
export type MailboxSecret = z.infer<typeof mailboxSecret>;

/** Where a mailbox's secret is sealed for: moved to another row it does not open (T33). */
export const secretPlace = ({ id }: Pick<Mailbox, 'id'>) => `mailbox:${id}`;

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
