import { afterAll, beforeAll } from 'vitest';
import { DONE_KEYWORD } from '../../src/mail/sources/imap-source.ts';
import { startDnsServer, type DnsServer } from '../support/dns-server.ts';
import { startDovecot, type Dovecot } from '../support/dovecot.ts';
import { useFaultDesks, type FaultDesk, type MoreEnv } from './fault-desk.ts';

/** A Dovecot for a test file, and desks that each read an account of their own there. Nobody publishes anything in their DNS. */
export function useDovecotDesks(): {
  dovecot: () => Dovecot;
  /** A desk that reads the INBOX of this user, live from the first message on. */
  deskOf: (user: string, more?: MoreEnv) => Promise<FaultDesk>;
} {
  const newDesk = useFaultDesks();
  let dovecot: Dovecot;
  let dns: DnsServer;
  beforeAll(async () => {
    dovecot = await startDovecot();
    dns = await startDnsServer(); // answers at once
  });
  afterAll(async () => {
    await dovecot?.stop();
    await dns?.stop();
  });
  return {
    dovecot: () => dovecot,
    deskOf: (user, more) =>
      newDesk({ IMAP_URL: dovecot.url(user), IMAP_HISTORY: 'live', DNS_SERVERS: dns.address, ...more }, () =>
        dovecot.keysWith(user, DONE_KEYWORD),
      ),
  };
}
