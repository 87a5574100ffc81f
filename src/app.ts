import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MikroORM } from '@mikro-orm/postgresql';
import type { PgBoss } from 'pg-boss';
import type { Config } from './config.ts';
import type { LiveAnswers } from './api/live/live-answers.ts';
import type { ServerDeps } from './api/server.ts';
import { listen, closeServer } from './api/listen.ts';
import { trustedProxies } from './api/client-address.ts';
import { LIMIT_NAMES, LIMITS, type LimitName } from './contract/limits.ts';
import { PATHS } from './contract/paths.ts';
import { createBoss } from './db/boss.ts';
import { createLimiter, type Limiter, type Window } from './db/limiter.ts';
import { createOrm } from './db/orm.ts';
import { transactionRunner, type RunTransaction } from './db/transaction.ts';
import { entities } from './entities.ts';
import { localBlobStore, type BlobStore } from './files/blob-store.ts';
import { clamdScanner } from './files/clamd.ts';
import { UsageError } from './errors.ts';
import { dropsOf, mailboxTools, secretsIn } from './mail/doctor/mailbox-tools.ts';
import { withoutSecrets } from './mail/doctor/without-secrets.ts';
import { readSmtpUrl } from './mail/transports/smtp-transport.ts';
import { secretsOf } from './config/secret-values.ts';
import type { Log } from './log.ts';
import { workflowSystem } from './integrations/workflow/workflow-system.ts';
import { ensureMailbox, keepSecret, previewMailbox } from './mail/ensure-mailbox.ts';
import { findMailbox } from './mail/find-mailbox.ts';
import { mailboxOf } from './mail/mailbox-of-environment.ts';
import type { IngestDeps } from './mail/inbound/ingest-messages.ts';
import { createParserPool, type ParserPool } from './mail/inbound/parse/parser-pool.ts';
import { findCaught } from './mail/local/caught-mail.ts';
import { deliverLocal } from './mail/local/deliver-local.ts';
import { Mailbox } from './mail/mailbox.ts';
import { makeGivenMailboxes } from './mail/mailboxes/make-given-mailboxes.ts';
import type { DkimKey } from './mail/outbound/compose.ts';
import { loadTemplates } from './mail/outbound/render-template.ts';
import { watchMailboxes, type MailboxWatch, type WatchDeps } from './mail/inbound/watch-mailboxes.ts';
import { openSource } from './mail/sources/open-source.ts';
import type { PushRules } from './mail/sources/gmail-push.ts';
import { quotaBuckets } from './mail/sources/gmail-quota.ts';
import { startSmtpDrop } from './mail/sources/smtp-source.ts';
import type { SourceDeps } from './mail/sources/mailbox-secret.ts';
import { mailboxTransports, openTransport } from './mail/transports/open-transport.ts';
import type { MailTransport } from './mail/transports/transport.ts';
import { oidcProvider } from './people/identities/provider.ts';
import { deriveSecrets, type Secrets } from './secrets.ts';
import { applyEnvironment } from './settings/environment.ts';
import type { Settings } from './settings/schema.ts';
import type { WorkerDeps } from './worker.ts';

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
  /** How many children parse, or those of another desk in this process. */
  parsers?: number | ParserPool;
  /** Public keys of those who push news of Gmail; null: Google's. */
  gmailCertificates?: Record<string, string> | null;
  /** preview: the environment's mailbox is looked at and not made. */
  environment?: Environment;
}

/** Whether what the environment says of the mailbox is stored. */
export type Environment = 'apply' | 'preview';

/** An opened desk: database, jobs, blobs and keys, with the sides that can be started on it. */
export interface Desk {
  orm: MikroORM;
  boss: PgBoss;
  transaction: RunTransaction;
  blobs: BlobStore;
  secrets: Secrets;
  limiter: Limiter<LimitName>;
  parsers: ParserPool;
  mailbox: Mailbox;
  ingest: IngestDeps;
  startWeb(port: number, host: string): Promise<{ port: number; stop(): Promise<void> }>;
  startWorker(): Promise<{ stop(): Promise<void> }>;
  startDrop(host: string, port: number, protocol?: 'smtp' | 'lmtp'): Promise<{ port: number; stop(): Promise<void> }>;
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
  const dns = config.dnsServers && { dnsServers: config.dnsServers };
  const parsers =
    typeof options.parsers === 'object'
      ? options.parsers.sharedBy(blobDir)
      : createParserPool({ ...dns, blobDir, log, size: options.parsers ?? 2 });
  const given = await mailboxOf(config);
  const mailbox =
    options.environment === 'preview'
      ? await previewMailbox(transaction, given, secrets.sealing)
      : await transaction((tx) => ensureMailbox(tx, given, secrets.sealing));
  if (config.mailboxes !== null && options.environment !== 'preview')
    await makeGivenMailboxes(transaction, config.mailboxes, secrets.sealing);

  let reading: MailboxWatch | null = null;
  const ingest: IngestDeps = {
    ...{ transaction, replyTokens: secrets.replyTokens, log },
    parse: (sha256, how) => parsers.parse(sha256, how),
    ended: () => reading?.tell(),
  };
  const { maxMessageBytes } = config;
  const sources: SourceDeps = {
    ...{ sealing: secrets.sealing, maxMessageBytes, gmailApiUrl: config.gmailApiUrl, quotaOf: quotaBuckets() },
    gmailTopic: config.gmailPushTopic,
    keepSecret: (to, secret) => transaction((tx) => keepSecret(tx, to, secret, secrets.sealing)),
  };
  const watch: WatchDeps = {
    ...{ transaction, blobs, maxMessageBytes, log },
    clean: (of, text) => withoutSecrets(text, secretsIn(of, secrets.sealing)),
    sourceOf: (of) => openSource(of, sources),
  };
  const limiter = createLimiter(databaseUrl, windowsOf(config), log);
  const templates = await loadTemplates(undefined, (template, part, why) => {
    const at = why instanceof Error ? { err: why } : { at: why.map(({ line, column }) => `${line}:${column}`) };
    log.warn({ template, part, ...at }, 'a mail text of an admin cannot be used: ours goes out');
  });
  // In local mode nothing leaves the machine.
  const transports =
    config.mode === 'production' && options.transport ? mailboxTransports(options.transport, sources) : null;
  const outbound = {
    blobs,
    keyring: secrets.replyTokens,
    templates,
    links: secrets.links,
    statusLinks: secrets.statusLinks,
    sealing: secrets.sealing,
    publicUrl: options.publicUrl,
    dkim: config.dkim && (await readDkim(config.dkim)),
    log,
  };
  const jobs: WorkerDeps = {
    ...{ boss, transaction, log, ingest, links: secrets.links },
    watch: () => (reading = watchMailboxes(watch)),
    notify: { keyring: secrets.replyTokens },
    mailboxes: mailboxTools({
      ...{ transaction, sealing: secrets.sealing, replyTokens: secrets.replyTokens, log },
      ...{ sourceOf: watch.sourceOf, maxMessageBytes, dnsServers: config.dnsServers, drops: dropsOf(config) },
      desk: config.smtpUrl === null ? null : readSmtpUrl(config.smtpUrl),
      transportOf: (of) => openTransport(of, sources),
      secrets: secretsOf(config),
    }),
    scan: { blobs, log, scanner: config.clamd && clamdScanner(config.clamd) },
    webhooks: { hosts: config.webhookHosts, sealing: secrets.sealing, publicUrl: options.publicUrl },
    workflow: {
      system: config.workflow && workflowSystem(config.workflow),
      ...{ publicUrl: options.publicUrl, frames: secrets.frames },
    },
    send: { ...outbound, transport: options.transport ?? unsent, ...(transports && { transports }) },
  };
  let draining = false;

  return {
    ...{ orm, boss, transaction, blobs, secrets, limiter, parsers, mailbox, ingest, jobs, watch },
    async startWeb(port, host) {
      await transaction((tx) => applyEnvironment(tx, settingsOf(config)));
      const answers: LiveAnswers = new Map();
      // Tools open a desk without a web side: its half of the modules is loaded here.
      const [{ createServer }, { startLive }] = await Promise.all([
        import('./api/server.ts'),
        import('./api/live/live-server.ts'),
      ]);
      const app = await createServer(serverDeps(answers));
      const handle = app.callback();
      const server = await listen((request, response) => void handle(request, response), port, host);
      const live = startLive(server.http, {
        ...{ answers, accessTokens: secrets.accessTokens, log, databaseUrl },
        origin: () => options.publicUrl,
      });
      return {
        port: server.port,
        async stop() {
          draining = true;
          await live.stop();
          await closeServer(server.http);
        },
      };
    },
    async startWorker() {
      await transaction((tx) => applyEnvironment(tx, settingsOf(config)));
      const { startWorker } = await import('./worker.ts');
      return startWorker(jobs);
    },
    startDrop: async (host, port, protocol = 'smtp') => {
      const mailboxOf = (address: string) => transaction((tx) => findMailbox(tx, address));
      const tls = config.smtpDropTls && (await readTls(config.smtpDropTls));
      const { maxMessageBytes } = config;
      return startSmtpDrop({ host, port, protocol, tls, transaction, blobs, maxMessageBytes, log, mailboxOf });
    },
    async close() {
      await boss.stop({ graceful: false, close: true, timeout: 1000 });
      await parsers.stop();
      await (transports ?? options.transport)?.close();
      await limiter.close();
      await orm.close();
    },
  };

  function pushRules(email: string): PushRules {
    const audience = `${options.publicUrl}${PATHS.gmailPush[1]}`;
    return { audience, email, certificates: options.gmailCertificates ?? null };
  }

  function serverDeps(live: LiveAnswers): ServerDeps {
    return {
      live,
      ...{ transaction, secrets, blobs, log, portalDir: PORTAL_DIR, limiter },
      proxies: trustedProxies(config.trustedProxies),
      limitFactor: config.rateLimitFactor,
      maxMessageBytes: config.maxMessageBytes,
      gmailApiUrl: config.gmailApiUrl,
      gmailPush: config.gmailPushEmail === null ? null : pushRules(config.gmailPushEmail),
      supportAddress: config.supportAddress,
      local: config.mode === 'local',
      texts: { templates, publicUrl: options.publicUrl, links: secrets.links, statusLinks: secrets.statusLinks },
      origin: () => options.publicUrl,
      webhookHosts: config.webhookHosts,
      workflowSecret: config.workflow?.callbackSecret ?? null,
      oidc: config.oidc && oidcProvider(config.oidc),
      https: options.publicUrl.startsWith('https:'),
      mailboxId: () => mailbox.id,
      localHtml: async (id) =>
        config.mode === 'local' ? transaction(async (tx) => (await findCaught(tx.em, id))?.parsed?.html ?? null) : null,
      deliver: (raw) => deliverLocal({ raw, blobs, parsers, desk: mailbox.address, port: config.smtpDropPort ?? 0 }),
      health: {
        check: async () => void (await orm.em.fork().execute('select 1')),
        draining: () => draining,
        hasRoom: () => blobs.hasRoom(0),
      },
    };
  }
}

/** The table of limits, as far as this desk is configured to stretch it. */
function windowsOf({ rateLimitFactor }: Config): Record<LimitName, Window> {
  const windows = LIMIT_NAMES.map((name) => [
    name,
    { most: LIMITS[name].most * rateLimitFactor, seconds: LIMITS[name].seconds },
  ]);
  return Object.fromEntries(windows) as Record<LimitName, Window>;
}

/** What the environment decides of the settings. Only web and worker say so: a tool may be run from anywhere. */
function settingsOf({ organisation, supportAddress, maxMessageBytes, workflow, clamd }: Config): Partial<Settings> {
  return {
    support_address: supportAddress,
    max_message_bytes: maxMessageBytes,
    ...(workflow && { workflow_system: new URL(workflow.url).host }),
    ...(clamd && { virus_scanner: 'path' in clamd ? clamd.path : `${clamd.host}:${clamd.port}` }),
    ...(organisation !== null && { organisation_name: organisation }),
  };
}

/** The key that signs our mail: as it is given, or out of its file. */
async function readDkim(given: NonNullable<Config['dkim']>): Promise<DkimKey> {
  const inline = given.privateKey.includes('PRIVATE KEY');
  const text = inline
    ? given.privateKey
    : await readFile(given.privateKey, 'utf8').catch((error: Error) => {
        throw new UsageError(`DKIM_PRIVATE_KEY cannot be read: ${error.message}`);
      });
  if (!text.includes('PRIVATE KEY'))
    throw new UsageError('DKIM_PRIVATE_KEY is wrong: must be a private key in PEM, or its file');
  return { ...given, privateKey: text.replaceAll('\\n', '\n') };
}

/** Key and certificate of the drop, in PEM. */
async function readTls({ key, cert }: { key: string; cert: string }): Promise<{ key: string; cert: string }> {
  const read = (path: string, name: string) =>
    readFile(path, 'utf8').catch((error: Error) => {
      throw new UsageError(`${name} cannot be read: ${error.message}`);
    });
  return { key: await read(key, 'SMTP_DROP_TLS_KEY'), cert: await read(cert, 'SMTP_DROP_TLS_CERT') };
}

/** For a desk that was opened without a transport. */
const unsent: MailTransport = {
  send: () => Promise.resolve({ kind: 'unreached', error: 'this process does not send mail' }),
  close: () => Promise.resolve(),
};
