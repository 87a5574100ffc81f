import type { Config } from '../config.ts';
import type { ImapSettings } from '../config/imap.ts';
import type { GivenMailbox } from './ensure-mailbox.ts';
import { readImapUrl } from './sources/imap/options.ts';
import { OAUTH_PROVIDERS } from './sources/oauth-token.ts';
import type { ImapConfig, MailboxSecret } from './sources/open-source.ts';

/** The mailbox of the support address. Only the loopback drop of local mode believes whoever connects. */
export function mailboxOf(config: Config): GivenMailbox {
  const source = sourceOf(config);
  const senderTrust = config.mode === 'local' && source === null ? 'submission' : 'verify';
  return { name: config.organisation ?? config.supportAddress, address: config.supportAddress, senderTrust, source };
}

function sourceOf({ maildir, imap }: Config): GivenMailbox['source'] {
  if (maildir) return { source: 'maildir', history: 'live', sourceConfig: { path: maildir }, secret: null };
  if (!imap) return null;
  const { password, ...place } = readImapUrl(imap.url);
  const oauth = imap.oauth && grantOf(imap.oauth);
  const sourceConfig: ImapConfig = { ...place, ...(oauth && { oauth: oauth.config }) };
  return { source: 'imap', history: imap.history, sourceConfig, secret: oauth?.secret ?? { password: password ?? '' } };
}

function grantOf(given: NonNullable<ImapSettings['oauth']>): { config: ImapConfig['oauth']; secret: MailboxSecret } {
  const { provider, tenant, clientId, clientSecret, refreshToken } = given;
  const known = provider === 'google' || provider === 'microsoft' ? OAUTH_PROVIDERS[provider] : null;
  return {
    config: { tokenUrl: known ? known.tokenUrl(tenant) : provider, clientId, scope: known?.scope ?? null },
    secret: { refreshToken, ...(clientSecret !== null && { clientSecret }) },
  };
}
