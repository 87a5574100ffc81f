import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/db/embedded.ts';
import { makeMissingLinks } from '../../src/db/embedded/binaries.ts';
import { explainFailure } from '../../src/db/embedded/failure.ts';
import { readPostmaster, servesFolder } from '../../src/db/embedded/postmaster.ts';
import { UsageError } from '../../src/errors.ts';
import { silent } from '../../src/log.ts';
import { AS_ORDINARY_USER, eventually, start, temporaryFolder } from '../support/processes.ts';

const HOLD = join(import.meta.dirname, '..', 'support', 'hold-postgres.ts');
const folder = await temporaryFolder();
/** Longer than a socket's path may be. */
const dir = join(folder.path, 'a'.repeat(60), 'b'.repeat(60), 'postgres');
const data = join(dir, 'data');

const run = (fsync = false): Promise<EmbeddedPostgres> => startEmbeddedPostgres({ dir, log: silent, fsync });
const ask = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows.map((row) => Object.values(row)[0]);
  } finally {
    await client.end();
  }
};
/** A process of its own that runs PostgreSQL on `at` and can be killed. */
const hold = (at: string, { as = [], env = {} }: { as?: readonly string[]; env?: NodeJS.ProcessEnv } = {}) => {
  const [command = process.execPath, ...args] = [...as, process.execPath, HOLD, at];
  return start(command, args, { detached: true, env: { PATH: process.env['PATH'], ...env } });
};
const held = async (holder: ReturnType<typeof hold>) =>
  JSON.parse((await holder.prints(/^\{.*\}$/m))[0]) as EmbeddedPostgres;

beforeAll(async () => {
  const postgres = await run();
  await ask(postgres.ownerUrl, 'create table kept (word text)');
  await postgres.stop();
});
afterAll(async () => {
  const left = await readPostmaster(data);
  if (left !== null && servesFolder(left.pid, data)) process.kill(left.pid, 'SIGQUIT');
  await folder.remove();
});

describe('a running server', () => {
  test('is encoded in UTF-8, listens on loopback only and keeps its files to its owner', async () => {
    const postgres = await run();
    onTestFinished(() => postgres.stop());

    expect(await ask(postgres.appUrl, 'show server_encoding')).toEqual(['UTF8']);
    expect(await ask(postgres.appUrl, "select lower('ÄÖ') || initcap('éa')")).toEqual(['äöÉa']);
    expect(await ask(postgres.adminUrl, 'show listen_addresses')).toEqual(['127.0.0.1']);
    expect(await ask(postgres.adminUrl, 'show unix_socket_directories')).toEqual(['']);
    expect(statSync(join(dir, 'server.json')).mode & 0o777).toBe(0o600);
    expect(statSync(join(dir, 'postgres.log')).mode & 0o777).toBe(0o600);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
  });

  test('lets the owner change the schema, the app not, and nobody in with a wrong password', async () => {
    const postgres = await run();
    onTestFinished(() => postgres.stop());
    const wrong = postgres.appUrl.replace(/:[^:@]+@/, ':wrong@');

    await ask(postgres.ownerUrl, 'create table made (id int)');
    await ask(postgres.ownerUrl, 'drop table made');
    await ask(postgres.ownerUrl, 'create extension if not exists pg_trgm');
    await expect(ask(postgres.appUrl, 'create table made (id int)')).rejects.toThrow('permission denied');
    await expect(ask(postgres.appUrl, 'select * from kept')).rejects.toThrow('permission denied');
    await expect(ask(wrong, 'select 1')).rejects.toThrow('password authentication failed');
  });

  test('starts again with what was committed, and on its port', async () => {
    const first = await run();
    await ask(first.ownerUrl, "insert into kept values ('twice')");
    await first.stop();

    const second = await run();
    onTestFinished(() => second.stop());
    expect(second).toMatchObject({ adopted: false, port: first.port, appUrl: first.appUrl });
    expect(await ask(second.ownerUrl, "select word from kept where word = 'twice'")).toEqual(['twice']);
  });

  test('takes another port when its own is taken', async () => {
    const first = await run();
    await first.stop();
    const squatter = createServer().listen(first.port, '127.0.0.1');
    await once(squatter, 'listening');
    onTestFinished(() => void squatter.close());

    const second = await run();
    onTestFinished(() => second.stop());
    expect(second.port).not.toBe(first.port);
    expect(await ask(second.appUrl, 'select 1')).toEqual([1]);
  });

  test('is gone when stop returns, stopped in an orderly way, also when it is called twice', async () => {
    const postgres = await run();
    const { pid } = (await readPostmaster(data)) ?? { pid: 0 };
    const client = new pg.Client(postgres.appUrl);
    client.on('error', () => undefined);
    await client.connect();

    await Promise.all([postgres.stop(), postgres.stop()]);
    expect(servesFolder(pid, data)).toBe(false);
    expect(await readPostmaster(data)).toBeNull();
    expect((await readFile(join(dir, 'postgres.log'), 'utf8')).trimEnd()).toMatch(/database system is shut down$/);
  });
});

describe('after kill -9 of its holder', () => {
  test('the server is adopted, with everything committed, and stopped like any other', async () => {
    const holder = hold(dir);
    const { ownerUrl, port } = await held(holder);
    await ask(ownerUrl, "insert into kept values ('survivor')");
    const { pid } = (await readPostmaster(data)) ?? { pid: 0 };
    holder.child.kill('SIGKILL');
    await holder.ended;

    const postgres = await run();
    expect(postgres).toMatchObject({ adopted: true, port });
    expect(await ask(postgres.ownerUrl, "select word from kept where word = 'survivor'")).toEqual(['survivor']);
    await postgres.stop();
    expect(servesFolder(pid, data)).toBe(false);
  });

  test('a server with other settings is stopped, not adopted', async () => {
    const holder = hold(dir);
    await held(holder);
    const before = await readPostmaster(data);
    holder.child.kill('SIGKILL');
    await holder.ended;

    const postgres = await run(true);
    onTestFinished(() => postgres.stop());
    expect(postgres.adopted).toBe(false);
    expect(servesFolder(before?.pid ?? 0, data)).toBe(false);
    expect(await ask(postgres.adminUrl, 'show fsync')).toEqual(['on']);
  });

  test('kill -9 of the server too is recovered from', async () => {
    const holder = hold(dir);
    await ask((await held(holder)).ownerUrl, "insert into kept values ('recovered')");
    const { pid } = (await readPostmaster(data)) ?? { pid: 0 };
    process.kill(pid, 'SIGKILL');
    holder.child.kill('SIGKILL');
    await holder.ended;

    const postgres = await run();
    onTestFinished(() => postgres.stop());
    expect(postgres.adopted).toBe(false);
    expect(await ask(postgres.ownerUrl, "select word from kept where word = 'recovered'")).toEqual(['recovered']);
  });

  test('a postmaster.pid whose number is now another program is not believed', async () => {
    await writeFile(join(data, 'postmaster.pid'), `${process.pid}\n${data}\n1700000000\n5432\n\n127.0.0.1\n`);

    const postgres = await run();
    onTestFinished(() => postgres.stop());
    expect(postgres.adopted).toBe(false);
    expect((await readPostmaster(data))?.pid).not.toBe(process.pid);
  });

  test('Ctrl+C, sent to the whole group of the terminal, does not reach the server', async () => {
    const holder = hold(dir);
    await held(holder);
    const { pid } = (await readPostmaster(data)) ?? { pid: 0 };
    process.kill(-holder.pid, 'SIGINT');
    expect(await holder.ended).toMatchObject({ signal: 'SIGINT' });

    expect(servesFolder(pid, data)).toBe(true);
    const postgres = await run();
    expect(postgres.adopted).toBe(true);
    await postgres.stop();
  });
});

describe('the first start', () => {
  test('works for an ordinary user without LANG below a closed folder, with the wrong PG variables set', async () => {
    const closed = await temporaryFolder();
    onTestFinished(closed.remove);
    const env = { LC_ALL: 'C', PGPORT: '1', PGDATA: '/nowhere', PGOPTIONS: '--nonsense', PGSSLMODE: 'require' };
    const holder = hold(join(closed.path, 'postgres'), { as: AS_ORDINARY_USER, env });

    const { appUrl } = await held(holder);
    expect(await ask(appUrl, 'show server_encoding')).toEqual(['UTF8']);
    holder.child.stdin?.end();
    expect(await holder.ended).toMatchObject({ code: 0 });
  });

  test('begins anew after one that was killed in the middle of initdb', async () => {
    const fresh = await temporaryFolder();
    onTestFinished(fresh.remove);
    const at = join(fresh.path, 'postgres');
    const attempts = async () => (await readdir(at).catch(() => [])).filter((name) => name.startsWith('attempt-'));
    const holder = hold(at);
    const [attempt] = await eventually('initdb at work', async () => {
      const found = await attempts();
      return found.length > 0 && existsSync(join(at, found[0]!, 'base')) ? found : null;
    });
    holder.child.kill('SIGKILL');
    await holder.ended;
    expect(existsSync(join(at, 'data'))).toBe(false);

    const postgres = await startEmbeddedPostgres({ dir: at, log: silent, fsync: false });
    onTestFinished(() => postgres.stop());
    expect(await ask(postgres.appUrl, 'select 1')).toEqual([1]);
    expect(await attempts()).not.toContain(attempt);
  });

  if (process.getuid?.() === 0) {
    const pathWith = (folder: string, ...tools: string[]) => {
      mkdirSync(folder);
      for (const tool of ['sh', 'rm']) symlinkSync(join('/bin', tool), join(folder, tool));
      for (const tool of tools) symlinkSync(join('/usr/bin', tool), join(folder, tool));
      return { PATH: folder };
    };

    test('works for root where unshare is forbidden, as in a container, with the server under another uid', async () => {
      const closed = await temporaryFolder();
      onTestFinished(closed.remove);
      const env = pathWith(join(closed.path, 'bin'), 'setpriv');
      const at = join(closed.path, 'postgres');
      const holder = hold(at, { env });
      expect(await ask((await held(holder)).appUrl, 'select 1')).toEqual([1]);
      expect(statSync(join(at, 'data')).uid).not.toBe(0);
      holder.child.kill('SIGKILL');
      await holder.ended;

      const again = hold(at, { env });
      expect(await held(again)).toMatchObject({ adopted: true });
      again.child.stdin?.end();
      expect(await again.ended).toMatchObject({ code: 0 });
    });

    test('says what to do where root has no way to be somebody else', async () => {
      const closed = await temporaryFolder();
      onTestFinished(closed.remove);
      const holder = hold(join(closed.path, 'postgres'), { env: pathWith(join(closed.path, 'bin')) });
      expect((await holder.prints(/.*\n/))[0]).toMatch(/^UsageError: PostgreSQL does not run as root.*ordinary user/);
      expect(await holder.ended).toMatchObject({ code: 1 });
    });
  }
});

describe('a folder that cannot be used is left as it is, and it is said', () => {
  const change = async (path: string, text: string) => {
    const before = await readFile(path, 'utf8');
    await writeFile(path, text);
    onTestFinished(() => writeFile(path, before));
  };

  test('when another major version made it', async () => {
    await change(join(data, 'PG_VERSION'), '13\n');

    await expect(run()).rejects.toThrow(UsageError);
    await expect(run()).rejects.toThrow(/made by PostgreSQL 13, .* brings PostgreSQL 18.*DATABASE_URL/);
    expect(readFileSync(join(data, 'PG_VERSION'), 'utf8')).toBe('13\n');
  });

  test('when its passwords are lost', async () => {
    await rename(join(dir, 'server.json'), join(dir, 'elsewhere'));
    onTestFinished(() => rename(join(dir, 'elsewhere'), join(dir, 'server.json')));

    await expect(run()).rejects.toThrow(/server\.json is missing or damaged/);
  });

  test('when it holds something else', async () => {
    const other = await temporaryFolder();
    onTestFinished(other.remove);
    await mkdir(join(other.path, 'data'));
    writeFileSync(join(other.path, 'server.json'), JSON.stringify({ port: 1, admin: 'a', owner: 'b', app: 'c' }));
    writeFileSync(join(other.path, 'data', 'holiday.jpg'), 'sun');

    await expect(startEmbeddedPostgres({ dir: other.path, log: silent })).rejects.toThrow(
      /not a PostgreSQL data folder/,
    );
    expect(readFileSync(join(other.path, 'data', 'holiday.jpg'), 'utf8')).toBe('sun');
  });

  test('when a file stands in its place', async () => {
    const other = await temporaryFolder();
    onTestFinished(other.remove);
    writeFileSync(join(other.path, 'postgres'), '');

    await expect(startEmbeddedPostgres({ dir: join(other.path, 'postgres'), log: silent })).rejects.toThrow(
      /EEXIST|ENOTDIR/,
    );
  });
});

describe('what went wrong is told in words', () => {
  test.each([
    ['FATAL:  could not write to file "x": No space left on device', /disk is full/],
    ['initdb: error: could not create directory "/d": Read-only file system', /read-only/],
    ['postgres: error while loading shared libraries: libicuuc.so.60', /DATABASE_URL/],
    ['FATAL:  could not open file "/d/x": Permission denied', /may not use \/d/],
    ['FATAL:  could not map anonymous shared memory: Cannot allocate memory', /memory/],
  ])('%s', (output, told) => {
    expect(explainFailure('start', output, '/d')).toBeInstanceOf(UsageError);
    expect(explainFailure('start', output, '/d').message).toMatch(told);
  });

  test('and what nobody foresaw is shown as PostgreSQL said it', () => {
    const error = explainFailure('start', 'PANIC:  the moon is in the wrong phase', '/d');
    expect(error).not.toBeInstanceOf(UsageError);
    expect(error.message).toContain('the moon');
  });
});

test('links that npm did not make under --ignore-scripts are made, and those that are there are kept', async () => {
  const at = await temporaryFolder();
  onTestFinished(at.remove);
  const native = join(at.path, 'native');
  await mkdir(join(native, 'lib'), { recursive: true });
  writeFileSync(join(native, 'lib', 'libicu.so.60.2'), 'code');
  const link = (target: string) => ({ source: 'native/lib/libicu.so.60.2', target: `native/lib/${target}` });
  writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify([link('libicu.so'), link('libicu.so.60')]));
  writeFileSync(join(native, 'lib', 'libicu.so'), 'mine');

  makeMissingLinks(native);
  makeMissingLinks(native);
  expect(readFileSync(join(native, 'lib', 'libicu.so.60'), 'utf8')).toBe('code');
  expect(readFileSync(join(native, 'lib', 'libicu.so'), 'utf8')).toBe('mine');
  await rm(native, { recursive: true });
});
