import { z } from 'zod';
import type { Mailbox } from '../mailbox.ts';
import { readSecret, type MailboxSecret, type SourceDeps } from '../sources/mailbox-secret.ts';
import { oauthConfig, type OauthSecrets } from '../sources/oauth/grant.ts';
import { oauthToken } from '../sources/oauth-token.ts';
import type { SmtpServer } from './smtp-connection.ts';

/** The server that a mailbox's mail goes out by; its secrets are in the mailbox's. */
export const smtpConfig = z.object({
  host: z.string().min(1),
  port: z.int().min(1).max(65_535),
  tls: z.enum(['implicit', 'starttls', 'none']),
  user: z.string().min(1).nullable(),
  oauth: oauthConfig.optional(),
});
export type SmtpConfig = z.input<typeof smtpConfig>;

/** Secrets that are for sending alone. */
export const OWN_SECRETS = [
  ...['smtpPassword', 'smtpClientSecret', 'smtpRefreshToken', 'smtpPrivateKey'],
] as (keyof MailboxSecret)[];

/** Throws `SourceUnavailable` when its secrets cannot be opened. */
export function serverOf(mailbox: Mailbox, deps: Pick<SourceDeps, 'sealing' | 'keepSecret'>): SmtpServer {
  const { host, port, tls, user, oauth } = smtpConfig.parse(mailbox.transportConfig);
  const secret = readSecret(mailbox, deps.sealing);
  const place = { host, port, secure: tls === 'implicit' };
  if (user === null) return { ...place, auth: null };
  if (!oauth) return { ...place, auth: { user, pass: secret.smtpPassword ?? '' } };
  const own = ownSecrets(secret);
  const keep = (refreshToken: string) =>
    deps.keepSecret(mailbox, own ? { smtpRefreshToken: refreshToken } : { refreshToken });
  return { ...place, auth: { user, ...oauthToken({ config: oauth, secrets: own ?? secret, user }, keep) } };
}

/** null: it sends with those that the mailbox is read with. */
function ownSecrets(secret: MailboxSecret): OauthSecrets | null {
  const { smtpClientSecret: clientSecret, smtpRefreshToken: refreshToken, smtpPrivateKey: privateKey } = secret;
  if (!clientSecret && !refreshToken && !privateKey) return null;
  return {
    ...(clientSecret && { clientSecret }),
    ...(refreshToken && { refreshToken }),
    ...(privateKey && { privateKey }),
  };
}
