import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server';
import { normalizeAddress } from '../addresses.ts';

/** A message with its envelope; `from` '' is the null sender. */
export interface CaughtMail {
  from: string;
  to: string[];
  raw: Buffer;
}

export interface CatcherOptions {
  /** 0: any free port. */
  port: number;
  /** Awaited before the sender gets its 250: what is acknowledged is stored. */
  store: (mail: CaughtMail) => Promise<void>;
  /** Whether an address is the desk's own. Such mail is refused, or the desk would talk to itself. */
  isOwn: (address: string) => boolean | Promise<boolean>;
  /** Bytes. */
  maxSize?: number;
}

export interface Catcher {
  port: number;
  close(): Promise<void>;
}

/** The mail server of local mode: on the loopback only, it takes mail for everyone and delivers it to nobody. */
export async function startCatcher({ port, store, isOwn, maxSize = 100_000_000 }: CatcherOptions): Promise<Catcher> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: maxSize,
    banner: 'local mail, nothing leaves this machine',
    logger: false,
    closeTimeout: 1000,
    onRcptTo({ address }, _session, answer) {
      answerTo(address, isOwn).then(answer, () => answer(refusal(451, '4.3.0 Try again later')));
    },
    onData(stream, { envelope }, answer) {
      const from = envelope.mailFrom ? envelope.mailFrom.address : '';
      const to = envelope.rcptTo.map(({ address }) => address);
      readAll(stream)
        .then((raw) => {
          if (stream.sizeExceeded) throw refusal(552, '5.3.4 The message is too large');
          return store({ from, to, raw });
        })
        .then(() => answer(), answer);
    },
  });
  server.on('error', () => {}); // of one client's socket; the client sees it itself
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function answerTo(address: string, isOwn: CatcherOptions['isOwn']): Promise<Error | null> {
  const own = await isOwn(normalizeAddress(address));
  return own ? refusal(554, '5.4.6 The desk does not send mail to itself') : null;
}

/** An error that smtp-server turns into this answer. Others become a 450: the sender tries again. */
function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

async function readAll(stream: SMTPServerDataStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
