import { randomUUID } from 'node:crypto';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { RunTransaction } from '../../db/transaction.ts';
import { AppError, UsageError } from '../../errors.ts';
import { faultPoint } from '../../fault-point.ts';
import type { BlobStore } from '../../files/blob-store.ts';
import type { Log } from '../../log.ts';
import { normalizeAddress, withoutTag } from '../addresses.ts';
import { receiveMessage } from '../inbound/receive-message.ts';

export interface SmtpDropOptions {
  host: string;
  port: number;
  transaction: RunTransaction;
  blobs: BlobStore;
  maxMessageBytes: number;
  log: Log;
  /** lmtp (RFC 2033): for an MTA on this machine that delivers into the desk; each recipient has an answer of its own. */
  protocol?: 'smtp' | 'lmtp';
  /** PEM; null: STARTTLS is not offered. */
  tls?: { key: string; cert: string } | null;
  /** The mailbox with this address (without its plus part); null, and one that is switched off: refused with 550. */
  mailboxOf: (address: string) => Promise<{ id: number; enabled: boolean } | null>;
}

/** Connections at once; the next one hears 421 and comes back. */
const MAX_CLIENTS = 100;

/**
 * The drop: an SMTP or LMTP server (RFC 5321, RFC 2033) that takes mail for our mailboxes. Its 250 is said after the bytes are on disk and the
 * ledger row is committed, so that the sending side may forget the message. Whatever is wrong here (database, disk) is 4xx: it comes again.
 */
export async function startSmtpDrop(options: SmtpDropOptions): Promise<{ port: number; stop(): Promise<void> }> {
  const server = new SMTPServer({
    name: 'smartsupport',
    banner: 'SmartSupport',
    authOptional: true,
    disabledCommands: options.tls ? ['AUTH'] : ['AUTH', 'STARTTLS'],
    ...options.tls,
    lmtp: options.protocol === 'lmtp',
    maxClients: MAX_CLIENTS,
    disableReverseLookup: true,
    logger: false,
    size: options.maxMessageBytes,
    hideSMTPUTF8: false,
    closeTimeout: 5000,
    socketTimeout: 60_000,
    onRcptTo({ address }, _session, callback) {
      options.mailboxOf(withoutTag(normalizeAddress(address))).then(
        (mailbox) => callback(whyNot(address, mailbox)),
        (error: unknown) => callback(refusal(options, error)),
      );
    },
    onData(stream, session, callback) {
      store(options, stream, session).then(
        (id) => callback(null, `2.0.0 kept as delivery ${id}`),
        (error: unknown) => callback(refusal(options, error)),
      );
    },
  });
  server.on('error', (error) => options.log.debug({ err: error }, 'smtp drop'));
  await listen(server, options);
  const address = server.server.address();
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Bad address, or mailbox disabled (RFC 3463 §3.2, §3.3): its sender hears of it at once, from the server that has the mail. */
function whyNot(address: string, mailbox: { enabled: boolean } | null): Error | null {
  if (!mailbox) return reply(550, `5.1.1 <${address}> is not an address of this desk`);
  return mailbox.enabled ? null : reply(550, `5.2.1 <${address}> is switched off and takes no mail`);
}

async function listen(server: SMTPServer, { host, port, protocol }: SmtpDropOptions): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new UsageError(
              `Port ${port} is taken: set ${protocol === 'lmtp' ? 'LMTP' : 'SMTP'}_DROP_PORT to another one.`,
            )
          : error,
      );
    server.server.once('error', failed);
    server.listen(port, host, () => {
      server.server.off('error', failed);
      resolve();
    });
  });
}

async function store(
  options: SmtpDropOptions,
  stream: SMTPServerDataStream,
  { envelope }: SMTPServerSession,
): Promise<number> {
  try {
    if (!(await options.blobs.hasRoom(options.maxMessageBytes)))
      throw new AppError('unavailable', 'The disk is nearly full');
    const raw = await options.blobs.putStream(stream, options.maxMessageBytes);
    faultPoint('F3');
    const recipients = envelope.rcptTo.map(({ address }) => normalizeAddress(address));
    const byMailbox = await groupByMailbox(options, recipients);
    const ids = await options.transaction(async (tx) => {
      const kept: number[] = [];
      for (const [mailboxId, addresses] of byMailbox) {
        const envelopeFrom = envelope.mailFrom ? envelope.mailFrom.address : '';
        const delivery = {
          mailboxId,
          sourceKey: `smtp:${randomUUID()}`,
          raw,
          envelopeFrom,
          envelopeTo: addresses.join(', '),
        };
        kept.push((await receiveMessage(tx, { ...delivery, quiet: false, wake: true })).id);
      }
      return kept;
    });
    return ids[0] ?? 0;
  } catch (error) {
    stream.resume(); // the client is told after it has sent everything
    throw error;
  }
}

async function groupByMailbox(
  { mailboxOf }: SmtpDropOptions,
  recipients: readonly string[],
): Promise<Map<number, string[]>> {
  const ids = new Map<string, number | null>();
  for (const address of recipients) ids.set(address, (await mailboxOf(withoutTag(address)))?.id ?? null);
  return Map.groupBy(recipients, (address) => ids.get(address) ?? 0);
}

function refusal({ log, maxMessageBytes }: SmtpDropOptions, error: unknown): Error {
  if (error instanceof AppError && error.code === 'payload_too_large')
    return reply(552, `5.3.4 The message is larger than ${maxMessageBytes} bytes`);
  log.error({ err: error }, 'a message could not be kept');
  if (error instanceof AppError && error.code === 'unavailable') return reply(452, '4.3.1 No room now, try again');
  return reply(451, '4.3.0 Could not be kept now, try again');
}

function reply(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
