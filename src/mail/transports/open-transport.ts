import type { Mailbox } from '../mailbox.ts';
import type { SourceDeps } from '../sources/mailbox-secret.ts';
import { openGmailAccess } from '../sources/open-gmail.ts';
import { gmailTransport } from './gmail-transport.ts';
import { serverOf } from './smtp-server.ts';
import { smtpTransport } from './smtp-transport.ts';
import type { MailTransport } from './transport.ts';

/** The way out of a mailbox that has one of its own; null: its mail goes out by the desk's. Throws `SourceUnavailable` when its secrets cannot be opened. */
export function openTransport(mailbox: Mailbox, deps: SourceDeps): MailTransport | null {
  if (mailbox.transport === 'desk') return null;
  if (mailbox.transport === 'gmail') return gmailTransport(openGmailAccess(mailbox, deps).access);
  return smtpTransport(serverOf(mailbox, deps));
}

/** Transports of the mailboxes, kept while their mailbox does not change. */
export interface MailboxTransports {
  /** The way that a mailbox's mail goes out. */
  of(mailbox: Mailbox): MailTransport;
  /** Ends the connections of all, the desk's too. */
  close(): Promise<void>;
}

export function mailboxTransports(desk: MailTransport, deps: SourceDeps): MailboxTransports {
  const open = new Map<number, { version: number; transport: MailTransport }>();
  return {
    of(mailbox) {
      const kept = open.get(mailbox.id);
      if (kept?.version === mailbox.version) return kept.transport;
      void kept?.transport.close();
      open.delete(mailbox.id);
      const transport = openTransport(mailbox, deps);
      if (!transport) return desk;
      open.set(mailbox.id, { version: mailbox.version, transport });
      return transport;
    },
    async close() {
      await Promise.all([desk, ...[...open.values()].map(({ transport }) => transport)].map((one) => one.close()));
    },
  };
}
