import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { withLock } from './file-lock.mjs';
import { Refusal, say } from './refusal.mjs';
import { collect } from './run.mjs';

/** Runs `npm ci` when node_modules is not what package-lock.json says. Only one launcher at a time does so. */
export async function install(root) {
  const before = outdated(root);
  if (before === null) return;
  if (!isWritable(root)) return goOnWithout(root, before);
  await withLock(root, async () => {
    const why = outdated(root);
    if (why === null) return;
    say(`Installing packages: ${why}. This takes about a minute …`);
    const [command, ...args] = npm();
    const flags = ['ci', '--include=dev', '--include=optional', '--loglevel=error', '--no-fund', '--no-audit'];
    const { code, output } = await collect(command, [...args, ...flags], { cwd: root, shell: command === 'npm.cmd' });
    if (code !== 0) throw new Refusal(`${output.trim()}\n\nnpm ci failed (${code}). ${hint(output)}`);
  });
}

/**
 * Why node_modules must be installed anew, or null. npm writes what it installed into node_modules/.package-lock.json
 * as its last step, so an interrupted install has none. Packages for other platforms are rightly missing, and in a
 * production install all of development's.
 */
export function outdated(root) {
  const wanted = readPackages(join(root, 'package-lock.json'));
  if (wanted === null) throw new Refusal(`${join(root, 'package-lock.json')} is missing or damaged.`);
  const installed = readPackages(join(root, 'node_modules', '.package-lock.json'));
  if (installed === null)
    return existsSync(join(root, 'node_modules')) ? 'the last install is incomplete' : 'first start';
  const needed = Object.entries(wanted).filter(([path, entry]) => path !== '' && !entry.optional && !entry.devOptional);
  const production = needed.every(([path, entry]) => !entry.dev || !(path in installed));
  for (const [path, entry] of needed) {
    if (entry.dev && production) continue;
    const there = installed[path];
    if (there === undefined) return `${nameOf(path)} is missing`;
    if (there.version !== entry.version || there.integrity !== entry.integrity) return `${nameOf(path)} has changed`;
  }
  return null;
}

function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages ?? null;
  } catch {
    return null;
  }
}

const nameOf = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

function isWritable(root) {
  try {
    accessSync(root, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function goOnWithout(root, why) {
  if (!existsSync(join(root, 'node_modules'))) {
    throw new Refusal(
      `Packages must be installed (${why}), but you may not write to ${root}. Run npm ci there as its owner.`,
    );
  }
  say(`Not installing packages although ${why}: ${root} is not writable. Run npm ci there as its owner.`);
}

/** The npm that started us, else the one beside this Node, else whatever is called npm. */
function npm() {
  const beside = join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
  const started = process.env.npm_execpath ?? '';
  const script = [started, beside].find((path) => basename(path) === 'npm-cli.js' && existsSync(path));
  if (script !== undefined) return [process.execPath, script];
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
}

const HINTS = [
  [/ENOSPC/, 'The disk is full: about 1 GB is needed.'],
  [/EACCES|EPERM|EROFS/, 'You may not write here: start as the owner of this folder, and see that ~/.npm is yours.'],
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|network/i,
    'The npm registry cannot be reached: check your connection, or npm config get registry and proxy.',
  ],
  [/EUSAGE|in sync/, 'package-lock.json does not fit package.json: take both from the same commit.'],
  [/ENOENT/, 'npm was not found: install Node.js with npm from https://nodejs.org.'],
];

function hint(output) {
  return HINTS.find(([pattern]) => pattern.test(output))?.[1] ?? '';
}
