import { fail, ok, type Finding } from '../sources/finding.ts';
import { isLoopback, openSession, type SmtpServer } from './smtp-connection.ts';

/** Connects to the server that takes outbound mail and signs in, as a sender would. Sends nothing. */
export async function examineSmtp(server: SmtpServer): Promise<Finding[]> {
  const { host, port, auth } = server;
  const reached = ok('outbound server', `${host}:${port} answers`);
  try {
    (await openSession(server)).quit();
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    if (code === 'EAUTH') return [reached, fail('outbound credentials', message, adviceOnCredentials(server))];
    if (code === 'ETLS' || /certificate|self.signed|altname|STARTTLS|wrong version number/i.test(message))
      return [fail('outbound encryption', message, adviceOnTls(host))];
    return [fail('outbound server', `${host}:${port}: ${message}`, SERVER)];
  }
  const encrypted = server.secure || !isLoopback(host) ? 'TLS' : 'not encrypted, on this machine';
  const user = auth ? `${auth.user} is let in` : 'none are configured, and the server lets us in';
  return [ok('outbound server', `${host}:${port}, ${encrypted}`), ok('outbound credentials', user)];
}

const SERVER = 'Check host, port and firewall in SMTP_URL; smtps:// is port 465, smtp:// 587 with STARTTLS';
const adviceOnCredentials = ({ auth }: SmtpServer) =>
  auth && 'accessToken' in auth
    ? 'Do what the line says. A token must be of this user and have the scope of SMTP; Microsoft also asks for SMTP AUTH to be switched on for the mailbox'
    : 'Correct user and password in SMTP_URL (write @ as %40, / as %2F), or those of the mailbox';
const adviceOnTls = (host: string) =>
  `The server must offer TLS with a certificate valid for ${host}; an authority of your own is trusted with NODE_EXTRA_CA_CERTS=/path/to/ca.pem`;
