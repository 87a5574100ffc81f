import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { openDesk, type Desk } from '../../src/app.ts';
import { readConfig, type Config } from '../../src/config.ts';
import { silent } from '../../src/log.ts';
import { ingestMessages } from '../../src/mail/inbound/ingest-messages.ts';
import { InboundMessage } from '../../src/mail/inbound/inbound-message.ts';
import { createParserPool, type ParserPool } from '../../src/mail/inbound/parse/parser-pool.ts';
import { receiveMessage } from '../../src/mail/inbound/receive-message.ts';
import { nextCompanyId } from '../../src/people/company-id.ts';
import { Employee } from '../../src/people/employee.ts';
import type { Role } from '../../src/tickets/lifecycle.ts';
import type { MailTransport } from '../../src/mail/transports/transport.ts';
import './argon2.ts';
import { startTestCatcher, type TestCatcher } from './catcher.ts';
import { cloneDatabase } from './database.ts';

export const SECRET_KEYS = `a:${Buffer.alloc(32, 7).toString('base64')}`;
export const PASSWORD = 'correct horse battery';
/** Of PASSWORD, by argon2id at its least cost: a real one takes a tenth of a second each time it is made or checked. */
const PASSWORD_HASH = '$argon2id$v=19$m=8,t=1,p=1$AQEBAQEBAQEBAQEBAQEBAQ$OFV8TrrEQliqqHF4+jF1XekyKTLvLxAcRxwpKMBoFjc';

export interface TestDesk extends Desk {
  config: Config;
  databaseUrl: string;
  /** As the role that may change the schema: for tests that make the database fail. */
  databaseOwnerUrl: string;
  /** Set by `startWeb` of the harness. */
  url: string;
  /** Everything that was sent, as it arrived by SMTP. */
  caught: TestCatcher;
  /** Receives raw bytes or a fixture as the drop would, then ingests it as the worker would. */
  receive(raw: string | Buffer, options?: { quiet?: boolean; envelopeTo?: string }): Promise<InboundMessage>;
  account(role: Role, email?: string): Promise<Employee>;
  /** An access token for an account made by `account`. */
  signIn(email: string): Promise<string>;
}

export interface DeskSettings {
  env?: Record<string, string>;
  web?: boolean;
  worker?: boolean;
  clock?: () => Date;
  transport?: MailTransport;
  gmailCertificates?: Record<string, string>;
  /** Another way to the same database, such as a proxy that can be cut. */
  reach?: (databaseUrl: string) => Promise<string>;
}

/** A child that parses takes most of a second to start; desks that ask the same DNS share one. */
const parsers = new Map<string, ParserPool>();
function parsersAsking(dnsServers: string[] | null): ParserPool {
  const asked = String(dnsServers);
  const options = { blobDir: tmpdir(), size: 1, log: silent };
  const pool = parsers.get(asked) ?? createParserPool({ ...options, ...(dnsServers && { dnsServers }) });
  parsers.set(asked, pool);
  return pool;
}

/** What turns a desk into one of production; it is reached by http all the same. */
export const PRODUCTION: Readonly<Record<string, string>> = {
  DATABASE_URL: 'postgres://localhost/desk',
  PUBLIC_URL: 'https://help.maravia.example',
  SECRET_KEYS,
  SUPPORT_ADDRESS: 'support@maravia.example',
  SMTP_URL: 'smtp://localhost',
};

/** A whole desk on a database of its own: real PostgreSQL, HTTP and SMTP; only the clock may be ours. */
export function useDesk(settings: DeskSettings = {}): () => TestDesk {
  let started!: { desk: TestDesk; stop(): Promise<void> };
  beforeAll(async () => {
    started = await startTestDesk(settings);
  });
  afterAll(async () => {
    await started?.stop();
  });
  return () => started.desk;
}

export async function startTestDesk(settings: DeskSettings) {
  const { env = {}, web = false, worker = false, clock, transport, reach, gmailCertificates = null } = settings;
  const database = await cloneDatabase();
  const dir = await mkdtemp(join(tmpdir(), 'smartsupport-desk-'));
  // Tests ask far more often than people do; those of the limits themselves set the factor back to 1.
  const config = readConfig({ DATA_DIR: dir, LOG_LEVEL: 'silent', RATE_LIMIT_FACTOR: '1000', ...env });
  const caught = await startTestCatcher();
  const desk = await openDesk({
    ...{
      config,
      databaseUrl: reach ? await reach(database.url) : database.url,
      secretKeys: SECRET_KEYS,
      publicUrl: config.publicUrl ?? 'http://localhost:8080',
      log: silent,
      parsers: parsersAsking(config.dnsServers),
    },
    transport: transport ?? caught.transport(),
    gmailCertificates,
    ...(clock && { clock }),
  });
  const running = [
    ...(web ? [await desk.startWeb(0, '127.0.0.1')] : []),
    ...(worker ? [await desk.startWorker()] : []),
  ];
  const port = running.find((side): side is { port: number; stop(): Promise<void> } => 'port' in side)?.port;
  const url = `http://127.0.0.1:${port ?? 0}`;
  return {
    desk: {
      ...desk,
      ...verbs(desk, url),
      config,
      databaseUrl: database.url,
      databaseOwnerUrl: database.ownerUrl,
      url,
      caught,
    },
    async stop() {
      for (const side of running) await side.stop();
      await desk.close();
      await caught.stop();
      await database.drop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

let keys = 0;

function verbs(desk: Desk, url: string): Pick<TestDesk, 'receive' | 'account' | 'signIn'> {
  return {
    async receive(raw, { quiet = false, envelopeTo = desk.mailbox.address } = {}) {
      const bytes = Buffer.from(typeof raw === 'string' && !raw.includes('\n') ? await fixture(raw) : raw);
      const blob = await desk.blobs.put(bytes);
      const delivery = {
        mailboxId: desk.mailbox.id,
        sourceKey: `test:${++keys}`,
        raw: blob,
        envelopeFrom: null,
        envelopeTo,
        quiet,
        wake: false,
      };
      const { id } = await desk.transaction((tx) => receiveMessage(tx, delivery));
      await ingestMessages(desk.ingest, [id]);
      return desk.transaction((tx) => tx.em.findOneOrFail(InboundMessage, id));
    },
    async account(role, email = `${role}@desk.example`) {
      return desk.transaction(async (tx) => {
        const times = { emailConfirmedAt: tx.now, createdAt: tx.now, updatedAt: tx.now };
        const names = { firstName: role, lastName: 'Example' };
        const employee = tx.em.create(Employee, {
          ...{ email, ...names, role, ...times, status: 'approved', passwordHash: PASSWORD_HASH },
          companyId: await nextCompanyId(tx),
        });
        await tx.em.flush();
        return employee;
      });
    },
    async signIn(email) {
      const response = await fetch(`${url}/api/token/employee`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password: PASSWORD }),
      });
      return ((await response.json()) as { access: string }).access;
    },
  };
}

function fixture(name: string): Promise<Buffer> {
  return readFile(new URL(`../mail/fixtures/${name}.eml`, import.meta.url));
}
