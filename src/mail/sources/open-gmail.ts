import { z } from 'zod';
import type { Mailbox } from '../mailbox.ts';
import { gmailAuth, type GmailCredentials } from './gmail-auth.ts';
import { gmailSource } from './gmail-source.ts';
import { readSecret, type MailboxSecret, type SourceDeps } from './mailbox-secret.ts';
import type { Source } from './source.ts';
import { SourceUnavailable } from './unavailable.ts';

/** Which Gmail account is read, and how; the credentials are in the secret. */
export const gmailConfig = z.object({
  credentials: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('consent'), clientId: z.string().min(1) }),
    z.object({ kind: z.literal('service-account'), email: z.string().min(1), subject: z.string().min(1) }),
  ]),
  label: z.string().min(1).default('INBOX'),
  /** null: nothing is labelled, and only reading is asked for. */
  doneLabel: z.string().min(1).nullable().default(null),
  /** Replaces Google's hosts. */
  apiUrl: z.url().nullable().optional(),
});
export type GmailConfig = z.infer<typeof gmailConfig>;

/** Opens a Gmail mailbox. A refresh token that Google replaces is stored before anything that came with it is used. */
export function openGmail(mailbox: Mailbox, deps: SourceDeps): Source {
  const config = gmailConfig.safeParse(mailbox.sourceConfig);
  if (!config.success)
    throw new SourceUnavailable('permission', `Its configuration is incomplete: ${config.error.message}`);
  const { credentials, label, doneLabel, apiUrl: own } = config.data;
  const apiUrl = own ?? deps.gmailApiUrl;
  const secret = readSecret(mailbox, deps.sealing);
  let unstored: string | null = null;
  const auth = gmailAuth(withSecret(credentials, secret), {
    ...{ apiUrl, readonly: doneLabel === null },
    onRefreshToken: (token) => (unstored = token),
  });
  const keep = async () => {
    while (unstored !== null) {
      const refreshToken: string = unstored;
      await deps.keepSecret(mailbox, { refreshToken });
      if (unstored === refreshToken) unstored = null;
    }
  };
  return gmailSource({ auth, label, doneLabel, apiUrl, keep });
}

function withSecret(config: GmailConfig['credentials'], secret: MailboxSecret): GmailCredentials {
  const { clientSecret = '', refreshToken = '', privateKey = '' } = secret;
  return config.kind === 'consent' ? { ...config, clientSecret, refreshToken } : { ...config, privateKey };
}
