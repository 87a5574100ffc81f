import { join } from 'node:path';
import { openDesk, type Desk } from '../app.ts';
import type { Config } from '../config.ts';
import { pendingMigrations } from '../db/migrate.ts';
import { UsageError } from '../errors.ts';
import type { Log } from '../log.ts';
import { readSmtpUrl, smtpTransport } from '../mail/transports/smtp-transport.ts';
import { startLocalDesk, type LocalAccounts, type Stop } from './local-desk.ts';

/** Something that runs until it is told to stop. */
export interface Running {
  /** Called at once when the end is decided, before `stop`. */
  stopping: Stop;
  /** Web, drop and worker first, the database last. */
  stop: Stop;
}

export type Side = 'web' | 'worker';
export type Print = (text: string) => void;

/** Starts web, worker and drop: local mode brings its own database, production uses the configured one. */
export async function start(
  config: Config,
  log: Log,
  print: Print,
  sides: readonly Side[] = ['web', 'worker'],
): Promise<Running> {
  if (config.mode === 'local' && sides.length < 2)
    throw new UsageError(
      'web and worker run apart only in production (set DATABASE_URL and the rest). Here, use: smartsupport start',
    );
  return config.mode === 'local' ? startLocal(config, log, print) : startProduction(config, log, print, sides);
}

async function startLocal(config: Config, log: Log, print: Print): Promise<Running> {
  const publicUrl = `http://localhost:${config.port}`;
  const local = await startLocalDesk(config, log, publicUrl);
  try {
    const sides = await startSides(local.desk, config, ['web', 'worker']);
    print(welcome(config, publicUrl, local.accounts, local.first));
    const stop = async () => {
      await sides();
      await local.stop();
    };
    return { stopping: local.stopping, stop };
  } catch (error) {
    await local.stop();
    throw error;
  }
}

async function startProduction(config: Config, log: Log, print: Print, asked: readonly Side[]): Promise<Running> {
  const { databaseUrl, secretKeys, publicUrl, smtpUrl } = config;
  if (!databaseUrl || !secretKeys || !publicUrl || !smtpUrl) throw new UsageError('The configuration is incomplete.');
  const pending = await pendingMigrations(databaseUrl);
  if (pending.length > 0)
    throw new UsageError(
      `The database is not at this version (${pending.join(', ')} to run): first run smartsupport migrate.`,
    );
  const transport = smtpTransport(readSmtpUrl(smtpUrl));
  const desk = await openDesk({ config, databaseUrl, secretKeys, publicUrl, log, transport });
  try {
    const sides = await startSides(desk, config, asked);
    print(`SmartSupport ${asked.join(' and ')} for ${publicUrl} is running.`);
    return {
      stopping: () => Promise.resolve(),
      stop: async () => {
        await sides();
        await desk.close();
      },
    };
  } catch (error) {
    await desk.close();
    throw error;
  }
}

/** Web before drop before worker, so that a taken port is told before anything is worked on. Gives their common end. */
async function startSides(desk: Desk, config: Config, sides: readonly Side[]): Promise<Stop> {
  const stops: Stop[] = [];
  const stop = async () => {
    await Promise.all(stops.map((end) => end()));
  };
  try {
    if (sides.includes('web')) {
      const web = await desk.startWeb(config.port, config.host);
      stops.push(() => web.stop());
    }
    if (sides.includes('worker')) {
      if (config.smtpDropPort !== null) {
        const drop = await desk.startDrop(config.smtpDropHost, config.smtpDropPort);
        stops.push(() => drop.stop());
      }
      if (config.lmtpDropPort !== null) {
        const drop = await desk.startDrop(config.smtpDropHost, config.lmtpDropPort, 'lmtp');
        stops.push(() => drop.stop());
      }
      const worker = await desk.startWorker();
      stops.push(() => worker.stop());
    }
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}

function welcome(config: Config, url: string, accounts: LocalAccounts, first: boolean): string {
  const lines = [
    '',
    '  SmartSupport is running.',
    '',
    `  Portal       ${url}`,
    `  Local mail   ${url}/local-mail   what the desk sends, and a way to write to it`,
    `  Send mail    to ${config.supportAddress} by SMTP on 127.0.0.1:${config.smtpDropPort}`,
    '',
    ...(first
      ? [
          '  Accounts, shown once:',
          ...Object.entries(accounts).map(
            ([role, { email, password }]) => `    ${role.padEnd(12)} ${email.padEnd(24)} ${password}`,
          ),
          `  They are kept in ${join(config.dataDir, 'local-accounts.json')}`,
        ]
      : [`  Accounts     in ${join(config.dataDir, 'local-accounts.json')}`]),
    '',
    '  Ctrl+C stops it. Nothing is lost.',
    '',
  ];
  return lines.join('\n');
}
