import { Readable } from 'node:stream';
import { domainToASCII } from 'node:url';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import XOAuth2 from 'nodemailer/lib/xoauth2';
import { faultPoint } from '../../fault-point.ts';
import type { AccessToken } from '../sources/imap/options.ts';
import type { Delivery, SendResult } from './transport.ts';

/** By password, or by access tokens (XOAUTH2). */
export type SmtpAuth = { user: string; pass: string } | { user: string; accessToken: AccessToken };

export interface SmtpServer {
  host: string;
  port: number;
  /** TLS from the first byte (port 465). Otherwise STARTTLS is required, except on the loopback. */
  secure: boolean;
  auth: SmtpAuth | null;
  /** The name this machine says it has (EHLO). */
  name?: string;
  /** Trusted certificate authorities instead of the system's, PEM. */
  ca?: string;
}

/** Milliseconds. A message that takes longer than `message` in all is given up: the lease of its row is longer. */
const TIMEOUT = { connection: 10_000, greeting: 15_000, socket: 45_000, message: 75_000 };

/** One SMTP session (RFC 5321) that carries one message after another. */
export interface SmtpSession {
  /** Whether another message may follow. */
  readonly usable: boolean;
  send(delivery: Delivery): Promise<SendResult>;
  /** Says QUIT. */
  quit(): void;
}

/** Connects and signs in. What fails here is about the server, never about a message. */
export async function openSession(server: SmtpServer, { fresh = false } = {}): Promise<SmtpSession> {
  const connection = new SMTPConnection(options(server));
  const closed = new Promise<never>((_, reject) => {
    connection.on('error', reject);
    connection.once('end', () => reject(new Error('The server ended the connection')));
  });
  closed.catch(() => {}); // whoever waits for something hears of it there
  try {
    await Promise.race([closed, signIn(connection, server, fresh)]);
  } catch (error) {
    connection.close();
    // Some servers refuse an old token at once, without the challenge at which the library asks for another.
    if (!fresh && (error as Failure).code === 'EAUTH' && isByToken(server)) return openSession(server, { fresh: true });
    throw error;
  }
  return session(connection, closed);
}

const isByToken = ({ auth }: SmtpServer) => auth !== null && 'accessToken' in auth;

function options({ host, port, secure, name, ca }: SmtpServer) {
  return {
    host,
    port,
    secure,
    requireTLS: !secure && !isLoopback(host),
    ignoreTLS: isLoopback(host) && !secure,
    ...(name && { name }),
    tls: { minVersion: 'TLSv1.2' as const, ...(ca && { ca }) },
    connectionTimeout: TIMEOUT.connection,
    greetingTimeout: TIMEOUT.greeting,
    socketTimeout: TIMEOUT.socket,
    socketCloseTimeout: 1000,
  };
}

/** Where a password or a mail cannot be read on the way. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

async function signIn(connection: SMTPConnection, { auth }: SmtpServer, fresh: boolean): Promise<void> {
  await new Promise<void>((resolve, reject) => connection.connect((error) => (error ? reject(error) : resolve())));
  if (!auth) return;
  const credentials = 'pass' in auth ? { credentials: auth } : { user: auth.user, oauth2: tokens(auth, fresh) };
  await new Promise<void>((resolve, reject) =>
    connection.login(credentials, (error) => (error ? reject(error) : resolve())),
  );
}

/** Tokens as the library asks for them; `renew`: the server did not take the one before. */
function tokens({ user, accessToken }: Extract<SmtpAuth, { accessToken: AccessToken }>, fresh: boolean): XOAuth2 {
  return new XOAuth2({
    user,
    provisionCallback: (_user, renew, give) => {
      accessToken({ fresh: fresh || renew }).then(
        (token) => give(null, token),
        (error: Error) => give(error),
      );
    },
  });
}

function session(connection: SMTPConnection, closed: Promise<never>): SmtpSession {
  let usable = true;
  closed.catch(() => (usable = false));
  return {
    get usable() {
      return usable;
    },
    async send(delivery) {
      const deadline = setTimeout(() => connection.close(), TIMEOUT.message);
      const body = watchedBody(delivery);
      try {
        const response = await Promise.race([closed, hand(connection, delivery, body.stream)]);
        return { kind: 'sent', response };
      } catch (error) {
        const result = judge(error, body.handedOver());
        usable &&= result.kind === 'refused' && result.code !== 421 && (await reset(connection, closed));
        return result;
      } finally {
        clearTimeout(deadline);
        if (!usable) connection.close();
      }
    },
    quit() {
      usable = false;
      connection.quit();
    },
  };
}

/** The message as a stream that knows whether it was read to its end. It is read only after the server said 354 to DATA. */
function watchedBody({ mime, beforeData }: Delivery) {
  let ended = false;
  async function* bytes() {
    faultPoint('O4');
    await beforeData?.();
    yield mime;
  }
  const stream = Readable.from(bytes(), { objectMode: false });
  stream.once('end', () => {
    ended = true;
    setImmediate(() => faultPoint('O5'));
  });
  return { stream, handedOver: () => ended };
}

/** One MAIL, one RCPT, one DATA: a second recipient could be refused while the first is accepted, so there never is one. */
function hand(connection: SMTPConnection, { envelope, mime }: Delivery, stream: Readable): Promise<string> {
  const addresses = { from: asciiDomain(envelope.from), to: [asciiDomain(envelope.to)], size: mime.length };
  return new Promise((resolve, reject) => {
    connection.send(addresses, stream, (error, info) =>
      error || !info ? reject(error ?? new Error('No answer')) : resolve(info.response),
    );
  });
}

/** IDN as every server understands it (RFC 5890). The local part stays; nodemailer asks for SMTPUTF8 (RFC 6531) when it has to. */
function asciiDomain(address: string): string {
  const at = address.lastIndexOf('@');
  return at < 0 ? address : address.slice(0, at + 1) + (domainToASCII(address.slice(at + 1)) || address.slice(at + 1));
}

/**
 * nodemailer gives the same error for a connection that ended before the message and after it. What tells them apart is whether the
 * message had been read to its end; and only an answer to MAIL, RCPT or DATA is about the message.
 */
function judge(error: unknown, handedOver: boolean): SendResult {
  const { message, response, responseCode, command, code } = error as Failure;
  if (responseCode && /^(MAIL FROM|RCPT TO|DATA)$/.test(command ?? '') && !ABOUT_THE_SESSION.has(responseCode))
    return {
      ...{ kind: 'refused', code: responseCode, response: response ?? message, permanent: responseCode >= 500 },
      ...(command === 'MAIL FROM' && { sender: true }),
    };
  if (code === 'EMESSAGE' && !handedOver) return { kind: 'refused', code: 552, response: message, permanent: true };
  return { kind: handedOver && !responseCode ? 'unknown' : 'unreached', error: message };
}

interface Failure extends Error {
  response?: string;
  responseCode?: number;
  command?: string;
  code?: string;
}

/** Authentication is wanted, failed or too weak (RFC 4954 §6): our configuration, not this message. */
const ABOUT_THE_SESSION = new Set([530, 534, 535, 538]);

function reset(connection: SMTPConnection, closed: Promise<never>): Promise<boolean> {
  const done = new Promise<boolean>((resolve) => connection.reset((error) => resolve(!error)));
  return Promise.race([closed, done]).catch(() => false);
}
