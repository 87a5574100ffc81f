import type { OauthInput, TransportInput } from '../../contract/routes/mailbox-shapes.ts';
import { fieldError } from '../../errors.ts';
import type { Mailbox } from '../mailbox.ts';
import type { MailboxSecret } from '../sources/mailbox-secret.ts';
import { imapConfig } from '../sources/open-imap.ts';
import { isSameClient, type OauthConfig } from '../sources/oauth/grant.ts';
import { OWN_SECRETS, smtpConfig, type SmtpConfig } from '../transports/smtp-server.ts';
import { grantOf, needed, oauthColumns, refuseUnsafe } from './oauth-columns.ts';

type Columns = Pick<Mailbox, 'transport'> & { transportConfig: Record<string, unknown>; secret: MailboxSecret };
type Source = Pick<Mailbox, 'source' | 'sourceConfig'>;

/** How its mail goes out, as it is stored, with the secrets that are its own. `source`: what the mailbox is read from. */
export function transportColumns(given: TransportInput, known: MailboxSecret, source: Source): Columns {
  if (given.kind !== 'smtp') return { transport: given.kind, transportConfig: {}, secret: {} };
  const { kind: transport, password, oauth, ...place } = given;
  refuseUnsafe('transport.tls', given);
  if (!oauth) return { transport, transportConfig: place, secret: passwordOf(given, password ?? known.smtpPassword) };
  if (password !== undefined) throw fieldError('transport.password', 'is of no use with oauth: keep one of them');
  const user = needed('transport.user', place.user ?? undefined);
  const { config, secret } = grant(oauth, known, source);
  const transportConfig: SmtpConfig = { ...place, user, oauth: config };
  return { transport, transportConfig, secret };
}

function passwordOf({ user }: { user: string | null }, password: string | undefined): MailboxSecret {
  return user === null ? {} : { smtpPassword: needed('transport.password', password) };
}

/** Where it is the client that the mailbox is read by, its secrets do for sending too, unless others are given. */
function grant(
  given: OauthInput,
  known: MailboxSecret,
  source: Source,
): { config: OauthConfig; secret: MailboxSecret } {
  const config = grantOf(given, 'smtp');
  const nothingGiven = !given.client_secret && !given.refresh_token && !given.private_key;
  if (nothingGiven && isShared(config, source)) return { config, secret: {} };
  const { smtpClientSecret, smtpRefreshToken, smtpPrivateKey } = known;
  const own = {
    ...(smtpClientSecret && { clientSecret: smtpClientSecret }),
    ...(smtpRefreshToken && { refreshToken: smtpRefreshToken }),
    ...(smtpPrivateKey && { privateKey: smtpPrivateKey }),
  };
  const { secret } = oauthColumns('transport.oauth', given, own, 'smtp');
  return {
    config,
    secret: {
      ...(secret.clientSecret && { smtpClientSecret: secret.clientSecret }),
      ...(secret.refreshToken && { smtpRefreshToken: secret.refreshToken }),
      ...(secret.privateKey && { smtpPrivateKey: secret.privateKey }),
    },
  };
}

function isShared(config: OauthConfig, { source, sourceConfig }: Source): boolean {
  if (source !== 'imap') return false;
  const { oauth } = imapConfig.parse(sourceConfig);
  return oauth !== undefined && isSameClient(oauth, config);
}

/** 400 when the mailbox is not read by the account or client that it would send with. */
export function refuseOrphan(mailbox: Mailbox, secret: MailboxSecret): void {
  if (mailbox.transport === 'gmail' && (mailbox.source !== 'gmail' || mailbox.sourceConfig['doneLabel'] === null))
    throw fieldError(
      'transport.kind',
      'needs a mailbox that is read by the Gmail API with a done_label (gmail.modify)',
    );
  if (mailbox.transport !== 'smtp' || OWN_SECRETS.some((name) => secret[name] !== undefined)) return;
  const { oauth } = smtpConfig.parse(mailbox.transportConfig);
  if (oauth && !isShared(oauth, mailbox))
    throw fieldError('transport.oauth', 'has no secrets of its own any more: say how its mail goes out');
}
