import { openSession, type SmtpServer, type SmtpSession } from './smtp-connection.ts';
import { examineSmtp } from './smtp-examine.ts';
import type { Delivery, MailTransport, SendResult } from './transport.ts';

export interface SmtpOptions extends SmtpServer {
  /** Most connections at once; more senders wait their turn. */
  connections?: number;
  /** Milliseconds after which an idle connection says goodbye. */
  idleTimeout?: number;
}

/** smtp://user:password@host:port or smtps://…; without a port 587 and 465. */
export function readSmtpUrl(text: string): SmtpServer {
  const url = new URL(text);
  const secure = url.protocol === 'smtps:';
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port ? Number(url.port) : secure ? 465 : 587,
    secure,
    auth: url.username ? { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } : null,
  };
}

/**
 * Sends by SMTP over a few kept connections. TLS is verified and required, except on the loopback. It never sends a message again by itself
 * once the server may have read a byte of it.
 */
export function smtpTransport({ connections = 5, idleTimeout = 20_000, ...server }: SmtpOptions): MailTransport {
  const idle: { session: SmtpSession; timer: NodeJS.Timeout }[] = [];
  const waiting: (() => void)[] = [];
  let busy = 0;
  let closing = false;

  async function turn(): Promise<void> {
    if (busy < connections) busy += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve)); // whoever ends hands its place over
  }

  function giveBack(session: SmtpSession): void {
    if (!session.usable) return;
    if (closing) return session.quit();
    const timer = setTimeout(() => {
      idle.splice(
        idle.findIndex((entry) => entry.timer === timer),
        1,
      );
      session.quit();
    }, idleTimeout);
    timer.unref();
    idle.push({ session, timer });
  }

  function takeIdle(): SmtpSession | null {
    for (let entry = idle.pop(); entry; entry = idle.pop()) {
      clearTimeout(entry.timer);
      if (entry.session.usable) return entry.session;
    }
    return null;
  }

  async function sendOver(session: SmtpSession, delivery: Delivery): Promise<SendResult> {
    const result = await session.send(delivery);
    giveBack(session);
    return result;
  }

  async function sendOverNew(delivery: Delivery): Promise<SendResult> {
    const session = await openSession(server).catch((error: Error) => error);
    return session instanceof Error ? { kind: 'unreached', error: session.message } : sendOver(session, delivery);
  }

  return {
    async send(delivery) {
      await turn();
      try {
        const kept = takeIdle();
        const result = kept && (await sendOver(kept, delivery));
        return result && !isStale(result) ? result : await sendOverNew(delivery);
      } finally {
        const next = waiting.shift();
        if (next) next();
        else busy -= 1;
      }
    },
    examine: () => examineSmtp(server),
    close() {
      closing = true;
      for (let session = takeIdle(); session; session = takeIdle()) session.quit();
      return Promise.resolve();
    },
  };
}

/** A kept connection may have been ended by the server meanwhile. Nothing of the message went out then. */
function isStale(result: SendResult): boolean {
  return result.kind === 'unreached' || (result.kind === 'refused' && result.code === 421);
}
