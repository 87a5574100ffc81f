import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDesk, type Desk, type Environment } from '../app.ts';
import type { Config } from '../config.ts';
import { embeddedUrls, startEmbeddedPostgres } from '../db/embedded.ts';
import { takeInstanceLock } from '../db/instance-lock.ts';
import { migrate } from '../db/migrate.ts';
import { UsageError } from '../errors.ts';
import type { Log } from '../log.ts';
import { normalizeAddress, withoutTag } from '../mail/addresses.ts';
import { forgetLeases } from '../mail/forget-leases.ts';
import { startCatcher } from '../mail/local/catcher.ts';
import { storeCaught, type ParsedCaught } from '../mail/local/caught-mail.ts';
import { smtpTransport } from '../mail/transports/smtp-transport.ts';
import { createAccount } from '../people/sign-in.ts';
import { ROLES, type Role } from '../tickets/lifecycle.ts';
import { localSecretKeys } from '../secrets.ts';

/** Stops what was started, in the reverse order. */
export type Stop = () => Promise<void>;

export type LocalAccounts = Record<Role, { email: string; password: string }>;

/** The demo desk on its own PostgreSQL, with a catcher in place of the world's mail servers. */
export interface LocalDesk {
  desk: Desk;
  accounts: LocalAccounts;
  /** The accounts were made by this start. */
  first: boolean;
  /** Says that this process goes down, before `stop`. */
  stopping: Stop;
  stop: Stop;
}

/** Brings up everything of local mode but web, worker and drop: lock, database, schema, catcher, accounts. */
export async function startLocalDesk(config: Config, log: Log, publicUrl: string): Promise<LocalDesk> {
  const stops: Stop[] = [];
  const stop = async () => {
    for (const undo of stops.toReversed()) await undo();
  };
  try {
    const lock = await takeInstanceLock(config.dataDir);
    stops.push(() => lock.release());
    const postgres = await startEmbeddedPostgres({ dir: join(config.dataDir, 'postgres'), log });
    stops.push(() => postgres.stop());
    await migrate(postgres.ownerUrl, postgres.appUrl);
    let desk: Desk | null = null;
    const catcher = await startCatcher({
      port: 0,
      isOwn: (address) => withoutTag(normalizeAddress(address)) === config.supportAddress,
      store: async (mail) => {
        if (desk) await keepCaught(desk, { from: mail.from, to: [...mail.to], raw: mail.raw });
      },
    });
    stops.push(() => catcher.close());
    const transport = smtpTransport({ host: '127.0.0.1', port: catcher.port, secure: false, auth: null });
    const secretKeys = await localSecretKeys(config.dataDir);
    const opened = await openDesk({ config, databaseUrl: postgres.appUrl, secretKeys, publicUrl, log, transport });
    desk = opened;
    stops.push(() => opened.close());
    await opened.transaction(forgetLeases);
    const { accounts, first } = await localAccounts(config.dataDir, opened);
    return { desk: opened, accounts, first, stopping: () => lock.stopping(), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** For tools beside a running local desk: its database, or one started for the tool alone. Nothing is sent. */
export async function openLocalDesk(
  config: Config,
  log: Log,
  environment: Environment = 'apply',
): Promise<{ desk: Desk; stop: Stop }> {
  const dir = join(config.dataDir, 'postgres');
  const secretKeys = await localSecretKeys(config.dataDir);
  const given = { config, secretKeys, publicUrl: `http://localhost:${config.port}`, log, environment, transport: null };
  const lock = await takeInstanceLock(config.dataDir, { grace: 0, patience: 0 }).catch(() => null);
  if (!lock) {
    const urls = await embeddedUrls(dir);
    if (!urls)
      throw new UsageError('Another SmartSupport is starting or stopping on this data folder: try again in a moment.');
    const desk = await openDesk({ ...given, databaseUrl: urls.appUrl });
    return { desk, stop: () => desk.close() };
  }
  const postgres = await startEmbeddedPostgres({ dir, log });
  await migrate(postgres.ownerUrl, postgres.appUrl);
  const desk = await openDesk({ ...given, databaseUrl: postgres.appUrl });
  const stop = async () => {
    await desk.close();
    await postgres.stop();
    await lock.release();
  };
  return { desk, stop };
}

/** Keeps what the local catcher took, as the Local mail page shows it. */
export async function keepCaught(desk: Desk, mail: { from: string; to: string[]; raw: Buffer }): Promise<void> {
  const { sha256 } = await desk.blobs.put(mail.raw);
  const result = await desk.parsers.parse(sha256, { authenticate: false });
  const parsed: ParsedCaught | null = result.ok
    ? {
        from: result.mail.from.name
          ? `${result.mail.from.name} <${result.mail.from.address}>`
          : result.mail.from.address,
        subject: result.mail.subject,
        date: result.mail.date,
        messageId: result.mail.messageId,
        replyTo: result.mail.replyTo.map(({ address }) => address),
        references: [...result.mail.references],
        text: result.mail.text,
        html: result.mail.html,
        attachments: result.mail.attachments.map((file) => ({
          filename: file.filename,
          content_type: file.contentType,
          size: file.size,
        })),
      }
    : null;
  await desk.transaction((tx) => storeCaught(tx.em, { ...mail, parsed }));
}

/**
 * Three accounts with random passwords, made once and kept in local-accounts.json (mode 0600). The file is written before the rows:
 * whichever was cut off is completed by the next start.
 */
async function localAccounts(dataDir: string, desk: Desk): Promise<{ accounts: LocalAccounts; first: boolean }> {
  const path = join(dataDir, 'local-accounts.json');
  const known = await readFile(path, 'utf8').then(
    (text) => JSON.parse(text) as LocalAccounts,
    () => null,
  );
  const accounts = known ?? (Object.fromEntries(ROLES.map((role) => [role, newAccount(role)])) as LocalAccounts);
  if (!known) {
    await mkdir(dataDir, { recursive: true });
    await writeFile(`${path}.new`, `${JSON.stringify(accounts, null, 2)}\n`, { mode: 0o600 });
    await rename(`${path}.new`, path);
  }
  const there = await desk.transaction((tx) =>
    tx.em.execute<{ email: string }[]>(`select email from employee where password_hash is not null`),
  );
  for (const role of ROLES) {
    const { email, password } = accounts[role];
    if (!there.some((row) => row.email === email))
      await createAccount(desk.transaction, { ...NAMES[role], email, password, role });
  }
  return { accounts, first: known === null };
}

const NAMES: Record<Role, { firstName: string; lastName: string }> = {
  employee: { firstName: 'Ana', lastName: 'Reyes' },
  coordinator: { firstName: 'Marta', lastName: 'Kowalska' },
  admin: { firstName: 'Jonas', lastName: 'Weber' },
};

function newAccount(role: Role): { email: string; password: string } {
  return { email: `${role}@localhost`, password: randomBytes(12).toString('base64url') };
}
