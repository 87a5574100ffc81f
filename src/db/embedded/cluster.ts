import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../../errors.ts';
import { explainFailure } from './failure.ts';
import { spawnAs } from './spawn.ts';
import type { Runner } from './runner.ts';

/** The unset LANG of a bare machine must not make an SQL_ASCII cluster, and no password may go unasked. */
const INITDB = [
  '--username=postgres',
  '--auth=scram-sha-256',
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
];

/**
 * Makes the cluster `<dir>/data` unless it is there. initdb works in a folder of another name, renamed when it is
 * complete: `data` is a finished cluster or nothing, and an interrupted attempt is thrown away.
 */
export async function makeCluster(
  dir: string,
  runner: Runner,
  initdb: string,
  { admin, fsync }: { admin: string; fsync: boolean },
): Promise<void> {
  const data = join(dir, 'data');
  await clearAttempts(dir);
  if (existsSync(join(data, 'PG_VERSION'))) return checkVersion(dir, data, runner);
  if (existsSync(data) && (await readdir(data)).length > 0) {
    throw new UsageError(`${data} is not a PostgreSQL data folder, and not empty. Move it away, then start again.`);
  }
  const attempt = join(dir, `attempt-${randomBytes(6).toString('hex')}`);
  const password = `${attempt}.password`;
  await writeFile(password, admin, { mode: 0o600, flag: 'wx' });
  if (runner.owner !== null) await chown(password, runner.owner.uid, runner.owner.gid);
  const args = [...INITDB, `--pgdata=${attempt}`, `--pwfile=${password}`, ...(fsync ? [] : ['--no-sync'])];
  const { code, output } = await spawnAs(runner, initdb, args);
  await rm(password, { force: true });
  if (code !== 0) {
    await rm(attempt, { recursive: true, force: true });
    throw explainFailure(`initdb failed (${code})`, output, dir);
  }
  await rename(attempt, data);
}

/** Leftovers of a start that was killed; an initdb may still be writing into one, which then fails by itself. */
async function clearAttempts(dir: string): Promise<void> {
  const left = (await readdir(dir)).filter((name) => name.startsWith('attempt-'));
  await Promise.allSettled(left.map((name) => rm(join(dir, name), { recursive: true, force: true, maxRetries: 3 })));
}

async function checkVersion(dir: string, data: string, runner: Runner): Promise<void> {
  const found = (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim();
  if (found === String(runner.major)) return;
  throw new UsageError(
    `The database in ${data} was made by PostgreSQL ${found}, but this version of SmartSupport brings PostgreSQL ` +
      `${runner.major}. Nothing was changed. Use the version of SmartSupport that made it, or serve the folder with a ` +
      `PostgreSQL ${found} of your own and set DATABASE_URL, or move ${dir} away to start empty.`,
  );
}
