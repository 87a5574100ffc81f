import { execFile } from 'node:child_process';
import { chown, stat } from 'node:fs/promises';
import { UsageError } from '../../errors.ts';
import { USE_YOUR_OWN } from './binaries.ts';
import { explainFailure } from './failure.ts';

/** How PostgreSQL programs are started, because they refuse to run as root. */
export interface Runner {
  /** Put before the program; it must exec, so that the pid stays PostgreSQL's. */
  prefix: readonly string[];
  /** The user Node itself changes to, or null for none. */
  user: { uid: number; gid: number } | null;
  /** Who must own the files, or null for whoever we are. */
  owner: { uid: number; gid: number } | null;
  /** What the program says of itself: 18 of "postgres (PostgreSQL) 18.4". */
  major: number;
  /** The same with the minor version: "18.4". */
  version: string;
}
type Candidate = Omit<Runner, 'major' | 'version'>;

const AS_WE_ARE: Candidate = { prefix: [], user: null, owner: null };
/** Root stays root outside and is somebody else inside: it reads its own 0700 folders and PostgreSQL is content. */
const RENAMED: Candidate = { ...AS_WE_ARE, prefix: ['unshare', '--user', '--map-user=1000', '--map-group=1000', '--'] };
const NOBODY = 65534;

/** A folder of our own, and the cluster in it when there is one already. */
interface Place {
  dir: string;
  data: string;
}

/** Chooses how to run `postgres` on `dir`, by trying. Throws UsageError when no way is open. */
export async function chooseRunner({ dir, data }: Place, postgres: string): Promise<Runner> {
  const madeBy = await ownerOf(data);
  const self = process.getuid?.();
  if (self !== 0) {
    if (madeBy !== null && self !== undefined && madeBy.uid !== self) throw foreignOwner(data, madeBy.uid);
    return { ...AS_WE_ARE, ...(await versionOf(await tryAsWeAre(postgres, dir))) };
  }
  return asRoot(dir, postgres, madeBy);
}

/** A finished cluster belongs to whoever made it: a new name for root fits only root's, another uid only its own. */
async function asRoot(dir: string, postgres: string, madeBy: { uid: number; gid: number } | null): Promise<Runner> {
  const before = await ownerOf(dir);
  if (madeBy === null || madeBy.uid === 0) {
    const said = await tryToRun(RENAMED, postgres, dir);
    if (said !== null) return { ...RENAMED, ...(await versionOf(said)) };
    if (madeBy !== null) throw foreignOwner(dir, 0);
  }
  const user = madeBy ?? (before !== null && before.uid !== 0 ? before : { uid: NOBODY, gid: NOBODY });
  await chown(dir, user.uid, user.gid);
  for (const candidate of [asUser(user), asUserBelowClosedFolders(user)]) {
    const said = await tryToRun(candidate, postgres, dir);
    if (said !== null) return { ...candidate, ...(await versionOf(said)) };
  }
  if (before !== null) await chown(dir, before.uid, before.gid);
  throw new UsageError(
    `PostgreSQL does not run as root, and no other user can reach ${dir} and ${postgres}. ` +
      `Start as an ordinary user, or open the folders above them (chmod o+x). ${USE_YOUR_OWN}`,
  );
}

const asUser = (user: { uid: number; gid: number }): Candidate => ({ prefix: [], user, owner: user });

/** Containers forbid `unshare --user` but leave root this capability, with which a 0700 folder above does not matter. */
function asUserBelowClosedFolders(user: { uid: number; gid: number }): Candidate {
  const who = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
  const may = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  return { prefix: ['setpriv', ...who, ...may, '--'], user: null, owner: user };
}

const WRITE_AND_RUN = ': > "$1/.probe" && rm "$1/.probe" && exec "$2" --version';

/** What `postgres --version` says when run this way, or null when it cannot be or may not write into `dir`. */
async function tryToRun(way: Candidate, postgres: string, dir: string): Promise<string | null> {
  const [program = 'sh', ...args] = [...way.prefix, 'sh', '-c', WRITE_AND_RUN, 'sh', dir, postgres];
  return new Promise((resolve) => {
    execFile(program, args, { cwd: '/', ...way.user }, (error, stdout) => resolve(error === null ? stdout : null));
  });
}

async function tryAsWeAre(postgres: string, dir: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(postgres, ['--version'], (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      // ENOENT of a file that is there: its loader is missing, as on musl.
      const said = error.code === 'ENOENT' ? 'Exec format error' : `${stderr}${error.message}`;
      reject(explainFailure('The embedded PostgreSQL does not start', said, dir));
    });
  });
}

async function versionOf(said: string): Promise<{ major: number; version: string }> {
  const version = /\(PostgreSQL\) (\d+\S*)/.exec(said)?.[1];
  if (version === undefined) throw new Error(`postgres --version said ${JSON.stringify(said)}`);
  return { major: Number.parseInt(version, 10), version };
}

async function ownerOf(path: string): Promise<{ uid: number; gid: number } | null> {
  return stat(path).then(
    ({ uid, gid }) => ({ uid, gid }),
    () => null,
  );
}

function foreignOwner(folder: string, uid: number): UsageError {
  const who = uid === 0 ? 'root' : `the user with uid ${uid}`;
  return new UsageError(
    `The database in ${folder} belongs to ${who}. Start as that user, or choose another folder with DATA_DIR.`,
  );
}
