import { connect, type Socket } from 'node:net';

/** An SMTP client without manners: it sends exactly the bytes it is given, so that a server can be shown anything. */
export interface SmtpSession {
  socket: Socket;
  /** Sends a line and gives the answer to it, all its lines. */
  say(line: string): Promise<string>;
  /** Sends bytes as they are, without an answer. */
  write(bytes: Buffer | string): void;
  /** The next answer of the server. */
  hear(): Promise<string>;
}

const ANSWER = /^(?:\d{3}-.*\r\n)*\d{3}(?: .*)?\r\n/;

export async function openSmtp(port: number): Promise<SmtpSession> {
  const socket = connect(port, '127.0.0.1');
  let heard = '';
  let ended = false;
  let wake = () => {};
  socket
    .on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1');
      wake();
    })
    .on('error', () => undefined)
    .on('close', () => {
      ended = true;
      wake();
    });
  const hear = async (): Promise<string> => {
    for (;;) {
      const [answer] = ANSWER.exec(heard) ?? [];
      if (answer !== undefined) {
        heard = heard.slice(answer.length);
        return answer.trimEnd();
      }
      if (ended) throw new Error(`The server hung up after ${JSON.stringify(heard)}`);
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  const session: SmtpSession = {
    socket,
    hear,
    write: (bytes) => void socket.write(bytes),
    say(line) {
      socket.write(`${line}\r\n`);
      return hear();
    },
  };
  await hear();
  await session.say('EHLO test.example');
  return session;
}

/** Sends one message byte for byte, and gives the answer that ends it. Only what the protocol asks for is changed: dots are doubled. */
export async function sendBytes(
  port: number,
  raw: Buffer,
  {
    from = 'ana@maravia.example',
    to = ['support@localhost'],
    size = '',
  }: { from?: string; to?: string[]; size?: string } = {},
): Promise<string> {
  const session = await openSmtp(port);
  try {
    const begun = await session.say(`MAIL FROM:<${from}>${size}`);
    if (!begun.startsWith('2')) return begun;
    for (const address of to) {
      const answer = await session.say(`RCPT TO:<${address}>`);
      if (!answer.startsWith('2')) return answer;
    }
    const go = await session.say('DATA');
    if (!go.startsWith('354')) return go;
    session.write(Buffer.concat([stuffed(raw), Buffer.from('.\r\n')]));
    return await session.hear();
  } finally {
    session.socket.destroy();
  }
}

/** RFC 5321 §4.5.2: a dot at the begin of a line is doubled. The message must end with CRLF or be empty. */
function stuffed(raw: Buffer): Buffer {
  return Buffer.from(raw.toString('latin1').replace(/(^|\n)\./g, '$1..'), 'latin1');
}
