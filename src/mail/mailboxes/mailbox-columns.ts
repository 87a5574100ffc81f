import type { SourceInput } from '../../contract/routes/mailbox-shapes.ts';
import { fieldError } from '../../errors.ts';
import type { Mailbox } from '../mailbox.ts';
import { newPushSecret } from '../sources/push-signature.ts';
import { needed, oauthColumns, refuseUnsafe } from './oauth-columns.ts';
import type { MailboxSecret } from '../sources/mailbox-secret.ts';
import type { GmailConfig } from '../sources/open-gmail.ts';
import type { ImapConfig } from '../sources/open-imap.ts';

type Columns = Pick<Mailbox, 'source'> & { sourceConfig: Record<string, unknown>; secret: MailboxSecret };

/**
 * A source as it is stored. What it does not say of its secrets is taken from those that the same kind of source has already; 400 for one that is
 * needed and nowhere.
 */
export function sourceColumns(given: SourceInput, known: MailboxSecret): Columns {
  switch (given.kind) {
    case 'drop':
      return { source: 'smtp', sourceConfig: {}, secret: {} };
    case 'http':
      return { source: 'http', sourceConfig: {}, secret: { pushSecret: known.pushSecret ?? newPushSecret() } };
    case 'imap':
      return imapColumns(given, known);
    case 'gmail':
      return gmailColumns(given, known);
  }
}

function imapColumns(given: Extract<SourceInput, { kind: 'imap' }>, known: MailboxSecret): Columns {
  const { kind: source, password, oauth, ...place } = given;
  refuseUnsafe('source.tls', place);
  if (!oauth)
    return { source, sourceConfig: place, secret: { password: needed('source.password', password ?? known.password) } };
  if (password !== undefined) throw fieldError('source.password', 'is of no use with oauth: keep one of them');
  const { config, secret } = oauthColumns('source.oauth', oauth, known, 'imap');
  const sourceConfig: ImapConfig = { ...place, oauth: config };
  return { source, sourceConfig, secret };
}

function gmailColumns(given: Extract<SourceInput, { kind: 'gmail' }>, known: MailboxSecret): Columns {
  const { kind: source, label, done_label: doneLabel, credentials } = given;
  const config = (of: GmailConfig['credentials']) => ({ credentials: of, label, doneLabel });
  if (credentials.kind === 'service-account') {
    const { kind, email, subject, private_key } = credentials;
    const privateKey = needed('source.credentials.private_key', private_key ?? known.privateKey);
    return { source, sourceConfig: config({ kind, email, subject }), secret: { privateKey } };
  }
  const { kind, client_id: clientId, client_secret, refresh_token: refreshToken = known.refreshToken } = credentials;
  const clientSecret = needed('source.credentials.client_secret', client_secret ?? known.clientSecret);
  const secret = { clientSecret, ...(refreshToken && { refreshToken }) };
  return { source, sourceConfig: config({ kind, clientId }), secret };
}
