import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { createTransport } from 'nodemailer';
import type { LocalAccounts } from '../../src/commands/local-desk.ts';
import { client, type Client } from './client.ts';
import { eventually, temporaryFolder } from './processes.ts';

/** The desk as `npm start` runs it: a process of its own, with everything it brings. */
export interface RunningDesk {
  url: string;
  dataDir: string;
  smtpPort: number;
  accounts: LocalAccounts;
  process: ChildProcess;
  /** The API as one of the three accounts. */
  as(role: keyof LocalAccounts): Promise<Client>;
  /** Sends a mail to the desk by SMTP. */
  write(mail: { from: string; to?: string; cc?: string; subject: string; text?: string; html?: string }): Promise<void>;
}

/** A started desk for a test file, on free ports and an empty folder, with more in its environment. A browser that a program drives asks more often than any person. */
export function useRunningDesk(
  env: () => Promise<Record<string, string>> = () => Promise.resolve({}),
): () => RunningDesk {
  let desk!: RunningDesk;
  let remove: () => Promise<void>;
  beforeAll(async () => {
    const folder = await temporaryFolder();
    remove = folder.remove;
    desk = await startDesk(folder.path, { RATE_LIMIT_FACTOR: '1000', ...(await env()) });
  });
  afterAll(async () => {
    if (desk) await stopDesk(desk);
    await remove?.();
  });
  return () => desk;
}

/** Starts a desk in local mode and waits until it runs. */
export async function startDesk(dataDir: string, env: Record<string, string> = {}): Promise<RunningDesk> {
  const [port, smtpPort] = [Number(env['PORT'] ?? (await freePort())), await freePort()];
  const launched = launchDesk({ DATA_DIR: dataDir, PORT: String(port), SMTP_DROP_PORT: String(smtpPort), ...env });
  await launched.running();
  const url = `http://localhost:${port}`;
  const accounts = JSON.parse(await readFile(join(dataDir, 'local-accounts.json'), 'utf8')) as LocalAccounts;
  const mailer = createTransport({ host: '127.0.0.1', port: smtpPort, ignoreTLS: true });
  return {
    ...{ url, dataDir, smtpPort, accounts, process: launched.process },
    async as(role) {
      const signedIn = await client(url).post('/api/token/employee', accounts[role]);
      return client(url, String(signedIn.body['access']));
    },
    async write(mail) {
      await mailer.sendMail({ to: 'support@localhost', ...mail });
    },
  };
}

export interface LaunchedDesk {
  process: ChildProcess;
  output: () => string;
  /** Resolves when it says that it runs; rejects when it ends before. */
  running(): Promise<void>;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Starts the real program with an environment, and waits for nothing. */
export function launchDesk(env: Record<string, string>, args: readonly string[] = ['start']): LaunchedDesk {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/main.ts', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }));
  const running = async () => {
    await eventually(
      'a running desk',
      () => {
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`The desk ended (${child.exitCode ?? child.signalCode}): ${output}`);
        return /is running\./.test(output);
      },
      180_000,
    );
  };
  return { process: child, output: () => output, running, ended };
}

/** Ends it as Ctrl+C does, and waits until PostgreSQL has stopped too. */
export async function stopDesk(desk: RunningDesk): Promise<number | null> {
  if (desk.process.exitCode !== null || desk.process.signalCode !== null) return desk.process.exitCode;
  const ended = once(desk.process, 'exit') as Promise<[number | null]>;
  desk.process.kill('SIGINT');
  return (await ended)[0];
}

/** Ports below those that the system gives to clients: one of those could be taken by anybody's connection before it is listened at. */
const LOWEST = 10_000;
const BEYOND = 32_000;

/** A port that is free now. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, BEYOND);
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  const free = await once(server, 'listening').then(
    () => true,
    () => false,
  );
  if (!free) return false;
  server.close();
  await once(server, 'close');
  return true;
}
