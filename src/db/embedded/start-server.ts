import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connectOurs, type Cluster, type Server } from './cluster-server.ts';
import { explainFailure } from './failure.ts';
import { freePort } from './free-port.ts';
import { readPostmaster, stopPostmaster } from './postmaster.ts';
import { openServerLog, SERVER_LOG } from './server-log.ts';
import { spawnAs, startAs } from './spawn.ts';

/** Starts the server on `preferredPort`, or on another free port when that is taken, and waits until it answers. */
export async function startServer(cluster: Cluster, preferredPort: number | null): Promise<Server> {
  let port = await freePort(preferredPort ?? 0);
  for (let attempt = 1; ; attempt++) {
    const outcome = await tryToStart(cluster, port);
    if ('server' in outcome) return outcome.server;
    const portTaken = /could not bind|could not create any TCP/.test(outcome.output);
    // Children of a killed server end on their own within moments, and hold its shared memory until then.
    const dying = /pre-existing shared memory block|lock file "postmaster.pid" already exists/.test(outcome.output);
    if (attempt > 40 || !(portTaken || dying)) {
      const log = join(cluster.dir, SERVER_LOG);
      throw explainFailure(`PostgreSQL did not start (${log})`, outcome.output, cluster.dir);
    }
    if (portTaken) port = await freePort(0);
    else await pause(250);
  }
}

/** One start: the server, or what it wrote before it ended. Recovery after a crash may take long and is waited for. */
async function tryToStart(cluster: Cluster, port: number): Promise<{ server: Server } | { output: string }> {
  const log = await openServerLog(cluster.dir);
  try {
    const child = await launch(cluster, port, log.fd);
    const wrongPasswordAfter = performance.now() + 10_000;
    while (!child.ended()) {
      const admin = await connectOurs(port, cluster);
      if (admin !== null && admin !== 'foreign') return { server: { pid: child.pid, port, admin } };
      // Either somebody else got the port first, and our server ends in a moment, or it is ours with other passwords.
      if (admin === 'foreign' && performance.now() > wrongPasswordAfter) {
        await stopPostmaster(child.pid, cluster.data, { ...cluster, patience: 5_000 });
        return { output: `The passwords in server.json are not those of ${cluster.data}` };
      }
      await pause(10);
    }
    return { output: child.error() ?? (await log.written()) };
  } finally {
    await log.close();
  }
}

interface Child {
  pid: number;
  ended: () => boolean;
  /** Why the process could not even be made. */
  error: () => string | null;
}

/** Starts the process as our child, so that it tells at once when it ends. */
async function launch(cluster: Cluster, port: number, log: number): Promise<Child> {
  if (process.platform === 'win32') return launchByPgCtl(cluster, port);
  const options = ['-D', cluster.data, ...serverOptions(cluster, port)];
  const child = startAs(cluster.runner, cluster.binaries.postgres, options, ['ignore', log, log]);
  let failed: string | null = null;
  child.once('error', (error) => (failed = error.message));
  await Promise.race([once(child, 'spawn'), once(child, 'error')]);
  child.unref();
  return {
    pid: child.pid ?? 0,
    ended: () => failed !== null || child.exitCode !== null || child.signalCode !== null,
    error: () => failed,
  };
}

/** On Windows PostgreSQL refuses an administrator, unless pg_ctl has taken the rights away. */
async function launchByPgCtl({ binaries, data, dir, fsync, runner, settings }: Cluster, port: number): Promise<Child> {
  const options = serverOptions({ fsync, settings }, port).map((option) => `"${option}"`);
  const args = ['start', '-D', data, '-l', join(dir, SERVER_LOG), '-w', '-t', '120', '-o', options.join(' ')];
  const { code } = await spawnAs(runner, binaries.pgCtl, args);
  const started = code === 0 ? await readPostmaster(data) : null;
  return { pid: started?.pid ?? 0, ended: () => started === null, error: () => null };
}

/** TCP on loopback only: a socket's path may be too long (107 bytes) or its folder somebody else's. */
function serverOptions({ fsync, settings }: Pick<Cluster, 'fsync' | 'settings'>, port: number): string[] {
  const all: Record<string, string> = {
    TimeZone: 'UTC',
    log_timezone: 'UTC',
    // DETAIL lines and failed statements hold what people wrote; a log must not.
    log_error_verbosity: 'terse',
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
    ...settings,
    fsync: fsync ? 'on' : 'off',
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
  };
  return Object.entries(all).map(([name, value]) => `--${name}=${value}`);
}
