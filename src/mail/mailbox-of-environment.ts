import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Config } from '../config.ts';
import type { GmailSettings } from '../config/gmail.ts';
import type { ImapSettings } from '../config/imap.ts';
import { UsageError } from '../errors.ts';
import type { GivenMailbox } from './ensure-mailbox.ts';
import { readImapUrl } from './sources/imap/options.ts';
import type { MailboxSecret } from './sources/mailbox-secret.ts';
import { oauthConfigOf } from './sources/oauth/grant.ts';
import type { GmailConfig } from './sources/open-gmail.ts';
import type { ImapConfig } from './sources/open-imap.ts';

type GivenSource = GivenMailbox['source'];

/** The mailbox of the support address. Only the loopback drop of local mode believes whoever connects. */
export async function mailboxOf(config: Config): Promise<GivenMailbox> {
  const source = await sourceOf(config);
  const senderTrust = config.mode === 'local' && source === null ? 'submission' : 'verify';
  return { name: config.organisation ?? config.supportAddress, address: config.supportAddress, senderTrust, source };
}

async function sourceOf({ maildir, imap, gmail }: Config): Promise<GivenSource> {
  if (maildir) return { source: 'maildir', history: 'live', sourceConfig: { path: maildir }, secret: null };
  if (imap) return imapOf(imap);
  return gmail && gmailOf(gmail);
}

function imapOf(imap: ImapSettings): GivenSource {
  const { password, ...place } = readImapUrl(imap.url);
  const oauth = imap.oauth && grantOf(imap.oauth);
  const sourceConfig: ImapConfig = { ...place, ...(oauth && { oauth: oauth.config }) };
  return { source: 'imap', history: imap.history, sourceConfig, secret: oauth?.secret ?? { password: password ?? '' } };
}

function grantOf(given: NonNullable<ImapSettings['oauth']>): { config: ImapConfig['oauth']; secret: MailboxSecret } {
  const { clientSecret, refreshToken, ...where } = given;
  return {
    config: oauthConfigOf({ ...where, kind: 'consent' }, 'imap'),
    secret: { refreshToken, ...(clientSecret !== null && { clientSecret }) },
  };
}

async function gmailOf({ credentials, history, ...reading }: GmailSettings): Promise<GivenSource> {
  const given = await accessOf(credentials);
  const sourceConfig: GmailConfig = { credentials: given.config, ...reading };
  return { source: 'gmail', history, sourceConfig, secret: given.secret };
}

async function accessOf(
  credentials: GmailSettings['credentials'],
): Promise<{ config: GmailConfig['credentials']; secret: MailboxSecret }> {
  if (credentials.kind === 'consent') {
    const { kind, clientId, clientSecret, refreshToken } = credentials;
    return { config: { kind, clientId }, secret: { clientSecret, refreshToken } };
  }
  const { kind, key, user } = credentials;
  const { client_email: email, private_key: privateKey } = await readKey(key);
  return { config: { kind, email, subject: user }, secret: { privateKey } };
}

/** What Google calls a JSON key, as far as it is used. */
const serviceAccountKey = z.object({
  client_email: z.string().min(1),
  private_key: z.string().includes('PRIVATE KEY'),
});

async function readKey(given: string): Promise<z.infer<typeof serviceAccountKey>> {
  const text = given.trimStart().startsWith('{') ? given : await readKeyFile(given);
  try {
    return serviceAccountKey.parse(JSON.parse(text));
  } catch {
    throw new UsageError('GMAIL_SERVICE_ACCOUNT is wrong: must be the JSON key of a service account, or its file');
  }
}

function readKeyFile(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: Error) => {
    throw new UsageError(`GMAIL_SERVICE_ACCOUNT cannot be read: ${error.message}`);
  });
}
