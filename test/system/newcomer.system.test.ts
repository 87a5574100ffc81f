import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LocalAccounts } from '../../src/commands/local-desk.ts';
import { client } from '../support/client.ts';
import { eventually, temporaryFolder } from '../support/processes.ts';
import { freePort } from '../support/running-desk.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Node of the system, which may be older than the project's; a machine without one uses the project's. */
const SYSTEM_NODE = execFileSync('sh', ['-c', 'command -v node'], {
  encoding: 'utf8',
  env: { PATH: pathWithoutModules() },
}).trim();
const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'];

function pathWithoutModules(): string {
  return (process.env['PATH'] ?? '')
    .split(':')
    .filter((dir) => !dir.includes('node_modules'))
    .join(':');
}

/** A fresh clone in a folder of mode 0700, owned by whoever will run it. */
async function freshClone(as: readonly string[]): Promise<{ path: string; home: string; remove: () => Promise<void> }> {
  const folder = await temporaryFolder();
  chmodSync(folder.path, 0o700);
  if (as.length > 0) execFileSync('chown', ['65534:65534', folder.path]);
  const [path, home] = [join(folder.path, 'desk'), join(folder.path, 'home')];
  mkdirSync(home);
  // The work tree as it stands, so that a change is seen before it is committed.
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', ROOT, path]);
  execFileSync('sh', [
    '-c',
    `cd '${ROOT}' && git ls-files -z -m -o --exclude-standard | xargs -0 -r cp --parents -t '${path}'`,
  ]);
  if (as.length > 0) execFileSync('chown', ['-R', '65534:65534', folder.path]);
  return { path, home, remove: folder.remove };
}

interface Started {
  child: ChildProcess;
  output: () => string;
  ms: number;
}

async function npmStart(
  where: { path: string; home: string },
  as: readonly string[],
  env: Record<string, string>,
): Promise<Started> {
  const since = performance.now();
  const [command = '', ...args] = [...as, 'npm', 'start'];
  const bare = {
    PATH: `${dirname(SYSTEM_NODE)}:${pathWithoutModules()}`,
    HOME: where.home,
    npm_config_cache: join(where.home, 'npm'),
  };
  const child = spawn(command, args, {
    cwd: where.path,
    env: { ...bare, ...registry(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await eventually(
    'npm start',
    () => {
      if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}: ${output}`);
      return output.includes('SmartSupport is running');
    },
    480_000,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${output}`);
  });
  return { child, output: () => output, ms: performance.now() - since };
}

/** How this machine reaches npm's packages is its own matter. */
function registry(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      /^(npm_config_registry|https?_proxy|no_proxy|node_extra_ca_certs)$/i.test(name) && value ? [[name, value]] : [],
    ),
  );
}

/** Ctrl+C reaches the whole group, as on a terminal. */
async function ctrlC({ child }: Started): Promise<void> {
  const ended = once(child, 'close');
  process.kill(-(child.pid ?? 0), 'SIGINT');
  await ended;
}

/** Kills everything below a folder without mercy, PostgreSQL too. */
function killAll(path: string): void {
  const listed = spawnSync('pgrep', ['-f', path], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
  for (const pid of listed) if (Number(pid) !== process.pid) spawnSync('kill', ['-9', pid]);
}

describe.each<[who: string, as: readonly string[]]>([
  ['an ordinary user', process.getuid?.() === 0 ? NOBODY : []],
  ['whoever runs the tests', []],
])('a newcomer as %s', (_, as) => {
  let clone!: Awaited<ReturnType<typeof freshClone>>;
  let env!: Record<string, string>;
  const taken = createServer();
  beforeAll(async () => {
    clone = await freshClone(as);
    env = { PORT: String(await freePort()), SMTP_DROP_PORT: String(await freePort()) };
    taken.listen(5432, '127.0.0.1').on('error', () => undefined); // somebody else's PostgreSQL may be there already
  });
  afterAll(async () => {
    taken.close();
    killAll(clone.path);
    await clone.remove();
  });

  test('types npm start in a fresh clone below a 0700 folder, with LANG unset and port 5432 taken, and has a desk that answers mail', async () => {
    const started = await npmStart(clone, as, env);
    expect(started.output()).not.toMatch(/warn|deprecat|experimental/i);
    expect(started.output().split('\n').length).toBeLessThan(30);
    const path = join(clone.path, '.data', 'local-accounts.json');
    const accounts = JSON.parse(readFileSync(path, 'utf8')) as LocalAccounts;
    const url = `http://localhost:${env['PORT']}`;
    await createTransport({ host: '127.0.0.1', port: Number(env['SMTP_DROP_PORT']), ignoreTLS: true }).sendMail({
      ...{ from: 'grace@navy.example', to: 'support@localhost', subject: 'There is a moth', text: 'In relay 70.' },
    });
    const signedIn = await client(url).post('/api/token/admin', accounts.coordinator);
    const api = client(url, String(signedIn.body['access']));
    await eventually('the ticket', async () => (await api.get('/api/tickets')).body['count'] === 1, 5000);
    const mails = async () => JSON.stringify((await api.get('/api/dev/mail')).body);
    await eventually('its acknowledgement', async () => (await mails()).includes('grace@navy.example'), 5000);
    await ctrlC(started);
    expect(spawnSync('pgrep', ['-f', join(clone.path, '.data')]).status).toBe(1); // nothing is left running
  });

  test('starts again within seconds, also right after kill -9 of everything, and nothing is lost', async () => {
    const again = await npmStart(clone, as, env);
    killAll(clone.path);
    await once(again.child, 'close');
    const third = await npmStart(clone, as, env);
    const accounts = JSON.parse(
      readFileSync(join(clone.path, '.data', 'local-accounts.json'), 'utf8'),
    ) as LocalAccounts;
    const url = `http://localhost:${env['PORT']}`;
    const signedIn = await client(url).post('/api/token/admin', accounts.admin);
    const api = client(url, String(signedIn.body['access']));
    expect((await api.get('/api/tickets')).body['count']).toBe(1);
    expect(JSON.stringify((await api.get('/api/dev/mail')).body)).toContain('We have your request');
    await ctrlC(third);
    expect(existsSync(join(clone.path, '.data', 'instance.json'))).toBe(false);
  });
});
