import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { findBinaries } from './embedded/binaries.ts';
import { makeCluster } from './embedded/cluster.ts';
import { explained } from './embedded/failure.ts';
import { stopPostmaster } from './embedded/postmaster.ts';
import { APP, DATABASE, ensureDatabase, OWNER } from './embedded/roles.ts';
import { chooseRunner } from './embedded/runner.ts';
import { loadSecrets, saveSecrets } from './embedded/secrets.ts';
import { adoptServer } from './embedded/adopt-server.ts';
import type { Cluster } from './embedded/cluster-server.ts';
import { startServer } from './embedded/start-server.ts';

/** A running PostgreSQL of our own. The URLs hold passwords: never log them. */
export interface EmbeddedPostgres {
  /** TCP port on 127.0.0.1. */
  port: number;
  /** Database `smartsupport` as the role that owns it and changes its schema. */
  ownerUrl: string;
  /** Database `smartsupport` as the role of web and worker, which changes no schema. */
  appUrl: string;
  /** Database `postgres` as superuser. */
  adminUrl: string;
  /** It was still running, left by a process that was killed. */
  adopted: boolean;
  /** Disconnects all clients, flushes and ends the server; call it last. Safe to call twice. */
  stop(): Promise<void>;
}

/** What a start may be told. `dir` is made when it is missing, and nobody else may look into it. */
export interface EmbeddedOptions {
  dir: string;
  log: Pick<Logger, 'info' | 'warn'>;
  /** False for throw-away data: faster, and lost by a power cut. True unless given. */
  fsync?: boolean;
  /** Further server settings, as in postgresql.conf. */
  settings?: Readonly<Record<string, string>>;
}

/**
 * Starts the PostgreSQL that came with npm on `<dir>/data`, made at the first start, or adopts the one a killed
 * process left running there. Only one process may do so at a time: take the instance lock first. UsageError when the
 * user can mend what is wrong: disk full, folder of another PostgreSQL version or another user, platform without one.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const { log, fsync = true, settings = {} } = options;
  const binaries = findBinaries();
  return explained(options.dir, async () => {
    await mkdir(options.dir, { recursive: true, mode: 0o700 });
    const dir = await realpath(options.dir);
    const data = join(dir, 'data');
    const runner = await chooseRunner({ dir, data }, binaries.postgres);
    const secrets = await loadSecrets(dir, data);
    await makeCluster(dir, runner, binaries.initdb, { admin: secrets.admin, fsync });
    const cluster = { dir, data, runner, binaries, adminPassword: secrets.admin, fsync, settings };
    const adopted = await adoptServer(cluster);
    const server = adopted ?? (await startServer(cluster, secrets.port));
    try {
      await ensureDatabase(server.admin, secrets);
      if (server.port !== secrets.port) await saveSecrets(dir, { ...secrets, port: server.port });
    } catch (error) {
      await stopPostmaster(server.pid, data, { ...cluster, patience: 15_000 });
      throw error;
    } finally {
      await server.admin.end();
    }
    log.info({ port: server.port, pid: server.pid, adopted: adopted !== null }, 'PostgreSQL is running');
    const url = (role: string, password: string, database: string) =>
      `postgres://${role}:${password}@127.0.0.1:${server.port}/${database}`;
    return {
      port: server.port,
      ownerUrl: url(OWNER, secrets.owner, DATABASE),
      appUrl: url(APP, secrets.app, DATABASE),
      adminUrl: url('postgres', secrets.admin, 'postgres'),
      adopted: adopted !== null,
      stop: stopOnce(server.pid, cluster, log),
    };
  });
}

function stopOnce(pid: number, cluster: Cluster, log: EmbeddedOptions['log']): () => Promise<void> {
  let stopping: Promise<void> | null = null;
  const stop = async () => {
    const how = await stopPostmaster(pid, cluster.data, { ...cluster, patience: 15_000 });
    if (how === 'forced')
      log.warn({ pid }, 'PostgreSQL did not stop in time and was ended; it recovers at its next start');
    else log.info({ pid }, 'PostgreSQL has stopped');
  };
  return () => (stopping ??= stop());
}

/** How to reach the server that another process runs on `dir`; null when there is none yet. The URL holds a password. */
export async function embeddedUrls(dir: string): Promise<{ appUrl: string } | null> {
  const secrets = await loadSecrets(dir, join(dir, 'data')).catch(() => null);
  if (!secrets?.port) return null;
  return { appUrl: `postgres://${APP}:${secrets.app}@127.0.0.1:${secrets.port}/${DATABASE}` };
}
