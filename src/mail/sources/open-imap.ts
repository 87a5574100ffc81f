import { z } from 'zod';
import type { Mailbox } from '../mailbox.ts';
import { imapSource } from './imap-source.ts';
import { readSecret, type SourceDeps } from './mailbox-secret.ts';
import { oauthConfig } from './oauth/grant.ts';
import { oauthToken } from './oauth-token.ts';
import type { Source } from './source.ts';
import { SourceUnavailable } from './unavailable.ts';

/** Where an IMAP folder is; the credentials are in the secret. */
export const imapConfig = z.object({
  host: z.string().min(1),
  port: z.int().min(1).max(65_535),
  tls: z.enum(['implicit', 'starttls', 'none']),
  user: z.string().min(1),
  folder: z.string().min(1).default('INBOX'),
  oauth: oauthConfig.optional(),
});
export type ImapConfig = z.infer<typeof imapConfig>;

/** Opens an IMAP mailbox. A refresh token that the provider replaces is stored before anything that came with it is used. */
export function openImap(mailbox: Mailbox, deps: SourceDeps): Source {
  const config = imapConfig.safeParse(mailbox.sourceConfig);
  if (!config.success)
    throw new SourceUnavailable('permission', `Its configuration is incomplete: ${config.error.message}`);
  const { oauth, ...place } = config.data;
  const secret = readSecret(mailbox, deps.sealing);
  const options = { ...place, maxBytes: deps.maxMessageBytes };
  if (!oauth) return imapSource({ ...options, auth: { password: secret.password ?? '' } });
  const grant = { config: oauth, secrets: secret, user: place.user };
  const keep = (refreshToken: string) => deps.keepSecret(mailbox, { refreshToken });
  return imapSource({ ...options, auth: oauthToken(grant, keep) });
}
