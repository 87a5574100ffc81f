import { z } from 'zod';
import type { Keyring } from '../../secrets.ts';
import type { Mailbox } from '../mailbox.ts';
import { readSecret } from '../sources/mailbox-secret.ts';
import type { SmtpServer } from './smtp-connection.ts';
import { smtpTransport } from './smtp-transport.ts';
import type { MailTransport } from './transport.ts';

/** The server that a mailbox's mail goes out by; its password is in the secret. */
export const smtpConfig = z.object({
  host: z.string().min(1),
  port: z.int().min(1).max(65_535),
  tls: z.enum(['implicit', 'starttls', 'none']),
  user: z.string().min(1).nullable(),
});

/** The server of a mailbox that has one of its own; null: its mail goes out by the desk's. Throws `SourceUnavailable` when its secret cannot be opened. */
export function serverOf(mailbox: Mailbox, sealing: Keyring): SmtpServer | null {
  if (mailbox.transport === 'desk') return null;
  const { host, port, tls, user } = smtpConfig.parse(mailbox.transportConfig);
  const pass = readSecret(mailbox, sealing).smtpPassword ?? '';
  return { host, port, secure: tls === 'implicit', auth: user === null ? null : { user, pass } };
}

/** Transports of the mailboxes, kept while their mailbox does not change. */
export interface MailboxTransports {
  /** The way that a mailbox's mail goes out. */
  of(mailbox: Mailbox): MailTransport;
  /** Ends the connections of all, the desk's too. */
  close(): Promise<void>;
}

export function mailboxTransports(desk: MailTransport, sealing: Keyring): MailboxTransports {
  const open = new Map<number, { version: number; transport: MailTransport }>();
  return {
    of(mailbox) {
      const kept = open.get(mailbox.id);
      if (kept?.version === mailbox.version) return kept.transport;
      void kept?.transport.close();
      open.delete(mailbox.id);
      const server = serverOf(mailbox, sealing);
      if (!server) return desk;
      const transport = smtpTransport(server);
      open.set(mailbox.id, { version: mailbox.version, transport });
      return transport;
    },
    async close() {
      await Promise.all([desk, ...[...open.values()].map(({ transport }) => transport)].map((one) => one.close()));
    },
  };
}
