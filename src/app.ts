import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MikroORM } from '@mikro-orm/postgresql';
import type { PgBoss } from 'pg-boss';
import type { Config } from './config.ts';
import { createServer, type ServerDeps } from './api/server.ts';
import { listen, closeServer } from './api/listen.ts';
import { createBoss } from './db/boss.ts';
import { createOrm } from './db/orm.ts';
import { transactionRunner, type RunTransaction } from './db/transaction.ts';
import { entities } from './entities.ts';
import { localBlobStore, type BlobStore } from './files/blob-store.ts';
import type { Log } from './log.ts';
import { ensureMailbox, keepSecret } from './mail/ensure-mailbox.ts';
import { mailboxOf } from './mail/mailbox-of-environment.ts';
import type { IngestDeps } from './mail/inbound/ingest-messages.ts';
import { createParserPool, type ParserPool } from './mail/inbound/parse/parser-pool.ts';
import { findCaught } from './mail/local/caught-mail.ts';
import { deliverLocal } from './mail/local/deliver-local.ts';
import { Mailbox } from './mail/mailbox.ts';
import { loadTemplates } from './mail/outbound/render-template.ts';
import { watchMailboxes, type MailboxWatch, type WatchDeps } from './mail/inbound/watch-mailboxes.ts';
import { openSource } from './mail/sources/open-source.ts';
import { startSmtpDrop } from './mail/sources/smtp-source.ts';
import type { MailTransport } from './mail/transports/transport.ts';
import { deriveSecrets, type Secrets } from './secrets.ts';
import { startWorker, type WorkerDeps } from './worker.ts';

/** What a desk runs on; everything it needs from outside. */
export interface DeskOptions {
  config: Config;
  /** As the app role. */
  databaseUrl: string;
  secretKeys: string;
  publicUrl: string;
  log: Log;
  /** null: nothing is sent (tools that only read or import). */
  transport: MailTransport | null;
  clock?: () => Date;
  parsers?: number;
}

/** An opened desk: database, jobs, blobs and keys, with the sides that can be started on it. */
export interface Desk {
  orm: MikroORM;
  boss: PgBoss;
  transaction: RunTransaction;
  blobs: BlobStore;
  secrets: Secrets;
  parsers: ParserPool;
  mailbox: Mailbox;
  ingest: IngestDeps;
  startWeb(port: number, host: string): Promise<{ port: number; stop(): Promise<void> }>;
  startWorker(): Promise<{ stop(): Promise<void> }>;
  startDrop(host: string, port: number): Promise<{ port: number; stop(): Promise<void> }>;
  /** The dependencies of each job, for tests and tools that run one step. */
  jobs: WorkerDeps;
  watch: WatchDeps;
  close(): Promise<void>;
}

export const PORTAL_DIR = fileURLToPath(new URL('../dist/web', import.meta.url));

/** Opens a desk: config → orm, boss, blobs, parsers, mailbox. Starts nothing that takes requests or jobs. */
export async function openDesk(options: DeskOptions): Promise<Desk> {
  const { config, databaseUrl, log, clock } = options;
  const orm = await createOrm(databaseUrl, entities, 12);
  const boss = createBoss(databaseUrl, log, { worker: options.transport !== null });
  await boss.start();
  const transaction = transactionRunner(orm.em, boss, clock);
  const blobDir = join(config.dataDir, 'blobs');
  const blobs = await localBlobStore(blobDir);
  const secrets = deriveSecrets(options.secretKeys);
  const parsers = createParserPool({
    blobDir,
    size: options.parsers ?? 2,
    log,
    ...(config.dnsServers && { dnsServers: config.dnsServers }),
  });
  const mailbox = await transaction((tx) => ensureMailbox(tx, mailboxOf(config), secrets.sealing));

  let reading: MailboxWatch | null = null;
  const ingest: IngestDeps = {
    ...{ transaction, replyTokens: secrets.replyTokens, log },
    parse: (sha256, how) => parsers.parse(sha256, how),
    ended: () => reading?.tell(),
  };
  const { maxMessageBytes } = config;
  const watch: WatchDeps = {
    ...{ transaction, blobs, maxMessageBytes, log },
    sourceOf: (of) =>
      openSource(of, {
        ...{ sealing: secrets.sealing, maxMessageBytes },
        keepSecret: (to, secret) => transaction((tx) => keepSecret(tx, to, secret, secrets.sealing)),
      }),
  };
  const templates = await loadTemplates();
  const outbound = {
    blobs,
    keyring: secrets.replyTokens,
    templates,
    publicUrl: options.publicUrl,
    organisation: config.organisation,
    log,
  };
  const jobs: WorkerDeps = {
    ...{ boss, transaction, log, ingest },
    watch: () => (reading = watchMailboxes(watch)),
    notify: { keyring: secrets.replyTokens },
    send: { ...outbound, transport: options.transport ?? unsent },
  };
  let draining = false;

  return {
    ...{ orm, boss, transaction, blobs, secrets, parsers, mailbox, ingest, jobs, watch },
    async startWeb(port, host) {
      const app = await createServer(serverDeps());
      const handle = app.callback();
      const server = await listen((request, response) => void handle(request, response), port, host);
      return {
        port: server.port,
        async stop() {
          draining = true;
          await closeServer(server.http);
        },
      };
    },
    startWorker: () => startWorker(jobs),
    startDrop: async (host, port) => {
      const ours = await transaction((tx) => tx.em.find(Mailbox, {}));
      const known = new Map(
        ours.flatMap(({ id, address, aliases }) => [address, ...aliases].map((each) => [each, id])),
      );
      const mailboxOf = (address: string) => known.get(address) ?? null;
      return startSmtpDrop({ host, port, transaction, blobs, maxMessageBytes: config.maxMessageBytes, log, mailboxOf });
    },
    async close() {
      await boss.stop({ graceful: false, close: true, timeout: 1000 });
      await parsers.stop();
      await options.transport?.close();
      await orm.close();
    },
  };

  function serverDeps(): ServerDeps {
    return {
      ...{ transaction, secrets, blobs, log, portalDir: PORTAL_DIR },
      maxMessageBytes: config.maxMessageBytes,
      organisation: config.organisation,
      supportAddress: config.supportAddress,
      local: config.mode === 'local',
      origin: () => options.publicUrl,
      https: options.publicUrl.startsWith('https:'),
      mailboxId: () => mailbox.id,
      localHtml: async (id) =>
        config.mode === 'local' ? transaction(async (tx) => (await findCaught(tx.em, id))?.parsed?.html ?? null) : null,
      deliver: (raw) => deliverLocal({ raw, blobs, parsers, desk: mailbox.address, port: config.smtpDropPort ?? 0 }),
      health: { check: async () => void (await orm.em.fork().execute('select 1')), draining: () => draining },
    };
  }
}

/** For a desk that was opened without a transport. */
const unsent: MailTransport = {
  send: () => Promise.resolve({ kind: 'unreached', error: 'this process does not send mail' }),
  close: () => Promise.resolve(),
};
