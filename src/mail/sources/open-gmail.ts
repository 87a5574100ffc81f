import { z } from 'zod';
import type { Mailbox } from '../mailbox.ts';
import { gmailAuth, type GmailCredentials } from './gmail-auth.ts';
import type { GmailCallOptions } from './gmail-call.ts';
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

/** Opens a Gmail mailbox. */
export function openGmail(mailbox: Mailbox, deps: SourceDeps): Source {
  const { config, access } = openGmailAccess(mailbox, deps);
  return gmailSource({ ...access, label: config.label, doneLabel: config.doneLabel, topic: deps.gmailTopic ?? null });
}

/** What a Gmail account is asked with. A refresh token that Google replaces is stored before anything that came with it is used. */
export function openGmailAccess(
  mailbox: Mailbox,
  deps: SourceDeps,
): { config: GmailConfig; access: GmailCallOptions & { apiUrl: string | null } } {
  const parsed = gmailConfig.safeParse(mailbox.sourceConfig);
  if (!parsed.success)
    throw new SourceUnavailable('permission', `Its configuration is incomplete: ${parsed.error.message}`);
  const config = parsed.data;
  const apiUrl = config.apiUrl ?? deps.gmailApiUrl;
  let unstored: string | null = null;
  const auth = gmailAuth(withSecret(config.credentials, readSecret(mailbox, deps.sealing)), {
    ...{ apiUrl, readonly: config.doneLabel === null },
    onRefreshToken: (token) => (unstored = token),
  });
  const keep = async () => {
    while (unstored !== null) {
      const refreshToken: string = unstored;
      await deps.keepSecret(mailbox, { refreshToken });
      if (unstored === refreshToken) unstored = null;
    }
  };
  const spend = deps.quotaOf?.(mailbox.id);
  return { config, access: { auth, apiUrl, keep, ...(spend && { spend }) } };
}

function withSecret(config: GmailConfig['credentials'], secret: MailboxSecret): GmailCredentials {
  const { clientSecret = '', refreshToken = '', privateKey = '' } = secret;
  return config.kind === 'consent' ? { ...config, clientSecret, refreshToken } : { ...config, privateKey };
}
