import { onTestFinished } from 'vitest';
import { seal } from '../../../src/secrets.ts';
import { acknowledgeDone } from '../../../src/mail/inbound/acknowledge.ts';
import { fetchMessages } from '../../../src/mail/inbound/fetch-messages.ts';
import { ingestMessages } from '../../../src/mail/inbound/ingest-messages.ts';
import { pollMailbox, type Polled } from '../../../src/mail/inbound/poll-mailbox.ts';
import { reconcileMailbox, type Depth } from '../../../src/mail/inbound/reconcile-mailbox.ts';
import { Mailbox } from '../../../src/mail/mailbox.ts';
import { imapSource } from '../../../src/mail/sources/imap-source.ts';
import type { ImapPatience } from '../../../src/mail/sources/imap/options.ts';
import type { Source } from '../../../src/mail/sources/source.ts';
import { secretPlace } from '../../../src/mail/sources/mailbox-secret.ts';
import type { TestDesk } from '../desk.ts';

export const PATIENCE = { connect: 10_000, silence: 3000, command: 10_000 };

/** A mailbox of a desk, read step by step as the worker would. */
export interface TestMailbox {
  id: number;
  address: string;
  source: Source;
  poll(): Promise<Polled>;
  /** Fetches what is due; what failed before too, as if its time had come. */
  fetch(): Promise<void>;
  ingest(): Promise<void>;
  /** Poll, fetch, ingest, tell. */
  read(): Promise<void>;
  reconcile(depth?: Depth): Promise<number>;
  row(): Promise<Mailbox>;
  /** The ledger in the order of its keys. */
  ledger(): Promise<LedgerRow[]>;
}

export interface LedgerRow {
  id: number;
  key: string;
  state: string;
  decision: string | null;
  reason: string | null;
  attempts: number;
  ticket: number | null;
  raw_sha256: string | null;
  raw_size: number | null;
  header_only: boolean;
  quiet: boolean;
  last_error: string | null;
}

let made = 0;

/** Makes a mailbox that is read from this IMAP server as `joe`. Switched off, so that no worker of the desk takes it. */
export async function addImapMailbox(
  desk: TestDesk,
  { port }: { port: number },
  given: {
    history?: 'live' | 'quiet';
    enabled?: boolean;
    address?: string;
    password?: string;
    user?: string;
    /** With a real server on a busy machine: that of production. */
    patience?: Partial<ImapPatience>;
    /** Signs in by access tokens instead of the password. */
    oauth?: { tokenUrl: string; refreshToken: string } | { tokenUrl: string; clientSecret: string };
  } = {},
): Promise<TestMailbox> {
  const {
    history = 'live',
    enabled = false,
    address = `box${++made}@desk.example`,
    password = 'secret',
    user = 'joe',
    oauth,
    patience = PATIENCE,
  } = given;
  const config = { host: '127.0.0.1', port, tls: 'none', user, folder: 'INBOX' } as const;
  const { tokenUrl, ...secrets } = oauth ?? { tokenUrl: null, password };
  const kind = 'clientSecret' in secrets ? 'client-credentials' : 'consent';
  const grant = tokenUrl && { tokenUrl, clientId: 'desk', grant: kind };
  const id = await desk.transaction(async (tx) => {
    const [row] = await tx.em.execute<{ id: string }[]>(
      `insert into mailbox (name, address, source, source_config, history, enabled, created_at) values ('Box', ?, 'imap', ?::jsonb, ?, ?, ?) returning id`,
      [address, JSON.stringify({ ...config, ...(grant && { oauth: grant }) }), history, enabled, tx.now],
    );
    const box = Number(row?.id);
    const secret = seal(desk.secrets.sealing, JSON.stringify(secrets), secretPlace({ id: box }));
    await tx.em.execute('update mailbox set secret = ? where id = ?', [secret, box]);
    return box;
  });
  const { transaction } = desk;
  const row = () => transaction((tx) => tx.em.findOneOrFail(Mailbox, id));
  const source = oauth
    ? desk.watch.sourceOf(await row())
    : imapSource({ ...config, ...{ auth: { password }, maxBytes: desk.config.maxMessageBytes, patience } });
  onTestFinished(() => source.close?.());
  const deps = { transaction, blobs: desk.blobs, maxMessageBytes: desk.config.maxMessageBytes, log: desk.watch.log };
  const query = <T>(sql: string) => transaction((tx) => tx.em.execute<T[]>(sql, [id]));

  let mark: string | null = null;
  const mailbox: TestMailbox = {
    ...{ id, address, source, row },
    poll: async () => pollMailbox(transaction, await row(), source),
    async fetch() {
      await query(`update inbound_message set next_at = now() where state = 'discovered' and mailbox_id = ?`);
      await fetchMessages(deps, await row(), source);
    },
    async ingest() {
      const due = await query<{ id: string }>(
        `select id from inbound_message where state = 'fetched' and mailbox_id = ? order by id`,
      );
      await ingestMessages(
        desk.ingest,
        due.map((each) => Number(each.id)),
      );
    },
    async read() {
      await mailbox.poll();
      await mailbox.fetch();
      await mailbox.ingest();
      await acknowledgeDone(transaction, id, source);
    },
    async reconcile(depth = 'soon') {
      const reconciled = await reconcileMailbox(deps, await row(), source, depth, mark);
      ({ mark } = reconciled);
      return reconciled.missed;
    },
    ledger: () =>
      query<LedgerRow>(
        `select i.id::int, k.source_key as key, i.state, i.decision, i.reason, i.attempts, i.ticket_id::int as ticket, i.raw_sha256, i.raw_size::int,
                i.header_only, i.quiet, i.last_error
           from inbound_message i join inbound_key k on k.inbound_message_id = i.id where i.mailbox_id = ? order by i.id`,
      ),
  };
  return mailbox;
}
