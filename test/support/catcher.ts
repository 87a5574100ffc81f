import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { smtpTransport } from '../../src/mail/transports/smtp-transport.ts';
import type { MailTransport } from '../../src/mail/transports/transport.ts';

export interface CaughtMail {
  from: string;
  to: string[];
  raw: string;
}

/** A real SMTP server that keeps what it is given, in order. */
export interface TestCatcher {
  mails: CaughtMail[];
  port: number;
  transport(): MailTransport;
  stop(): Promise<void>;
}

export async function startTestCatcher(): Promise<TestCatcher> {
  const mails: CaughtMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    closeTimeout: 100, // what still has a connection has nothing to say any more
    onData(stream, { envelope }, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const from = envelope.mailFrom ? envelope.mailFrom.address : '';
        mails.push({
          from,
          to: envelope.rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString('utf8'),
        });
        callback();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    mails,
    port,
    transport: () => smtpTransport({ host: '127.0.0.1', port, secure: false, auth: null }),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
