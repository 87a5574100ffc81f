import { fail, ok, warn, type Finding } from '../finding.ts';
import { judgeClock, judgeGrant } from '../token-facts.ts';
import { SourceUnavailable } from '../unavailable.ts';
import { readTrouble } from './imap-errors.ts';
import type { ImapOptions } from './options.ts';
import type { ImapSession } from './session.ts';

/** Looks at token, server, encryption, credentials and folder, in the order in which they are needed. Changes nothing. */
export async function examineImap(options: ImapOptions, open: () => Promise<ImapSession>): Promise<Finding[]> {
  const token = await examineToken(options);
  if (token.some(({ level, check }) => level === 'fail' && check === 'token')) return token;
  try {
    return [...token, ...describe(options, await open())];
  } catch (error) {
    return [...token, ...explain(options, readTrouble(error, options))];
  }
}

async function examineToken({ auth }: ImapOptions): Promise<Finding[]> {
  if ('password' in auth) return [];
  try {
    await auth.accessToken({ fresh: false });
  } catch (error) {
    if (!(error instanceof SourceUnavailable)) throw error;
    const again = 'Do what the line says, then look again; in the environment it is in the variables IMAP_OAUTH…';
    return [fail('token', error.message, error.trouble === 'auth' ? again : 'Check network, DNS and firewall')];
  }
  const facts = auth.facts?.();
  return facts ? [judgeGrant(facts, new Date()), ...judgeClock(facts.clockAhead)] : [];
}

function describe({ host, port, user, folder }: ImapOptions, session: ImapSession): Finding[] {
  const { selected, tls, capabilities } = session;
  return [
    ok('server', `${host}:${port}, ${tls ?? 'not encrypted, on this machine'}`),
    ok('credentials', `${user} is let in`),
    ok('folder', `"${folder}" has ${selected.exists} messages, UIDVALIDITY ${selected.validity}`),
    marking(session),
    capabilities.has('IDLE')
      ? ok('news', 'new mail is told at once (IDLE)')
      : ok('news', 'no IDLE: new mail is seen once a minute'),
  ];
}

function marking({ selected, capabilities }: ImapSession): Finding {
  const only = 'Nothing is lost by it; give the account the right to change flags if people should see what is done';
  if (selected.readOnly) return warn('marking', 'the folder is read-only: applied mail is not marked there', only);
  if (selected.keywords) return ok('marking', 'applied mail gets the keyword $SmartSupport');
  if (capabilities.has('MOVE')) return ok('marking', 'applied mail moves to the folder Ingested');
  return warn('marking', 'the server takes no keywords and cannot move: applied mail is not marked there', only);
}

/** What was reached before it failed, and what failed. */
function explain(options: ImapOptions, error: Error): Finding[] {
  const { host, port, user, folder, auth } = options;
  if (!(error instanceof SourceUnavailable)) throw error;
  const server = ok('server', `${host}:${port} answers`);
  if (error.trouble === 'permission')
    return [
      server,
      ok('credentials', `${user} is let in`),
      fail('folder', error.message, `Correct the folder at the end of IMAP_URL, or make "${folder}" at the server`),
    ];
  if (error.trouble === 'auth') return [server, fail('credentials', error.message, CREDENTIALS[kindOf(auth)])];
  if (isAboutTls(error)) return [fail('encryption', error.message, adviceOnTls(error, host))];
  return [fail('server', error.message, 'Check host, port and firewall; imaps:// is port 993, imap:// 143')];
}

const kindOf = (auth: ImapOptions['auth']) => ('password' in auth ? 'password' : 'token');

const CREDENTIALS = {
  password:
    'Correct user and password in IMAP_URL (write @ as %40, / as %2F). Google and Microsoft refuse plain passwords: use an app password or IMAP_OAUTH',
  token:
    'The provider gave a token, but it is not for this mailbox or lacks the scope of IMAP: give consent again as its user',
};

const TLS = /certificate|self.signed|altname|STARTTLS|\bTLS\b|\bSSL\b|wrong version number|EPROTO|ERR_TLS/i;

function isAboutTls({ message, cause }: Error): boolean {
  return (
    TLS.test(message) || (cause instanceof Error && TLS.test(`${cause.message} ${String(Reflect.get(cause, 'code'))}`))
  );
}

function adviceOnTls({ message }: Error, host: string): string {
  return /certificate|self.signed|altname/i.test(message)
    ? `The server's certificate must be valid for ${host}; an authority of your own is trusted with NODE_EXTRA_CA_CERTS=/path/to/ca.pem`
    : 'The server does not encrypt here, and no password is sent in clear: use imaps:// (port 993), or switch STARTTLS on at the server';
}
