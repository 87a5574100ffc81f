import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { eventually, temporaryFolder } from './processes.ts';
import { connect } from 'node:net';
import { freePort } from './running-desk.ts';

/** The string of 68 characters that every scanner finds and that does nothing (EICAR), in two pieces, so that no scanner finds this file. */
export const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-', 'ANTIVIRUS-TEST-FILE!$H+H*'].join('');

/** Whoever runs it, clamd runs as an ordinary user: as ourselves, or as the user `nobody` that every Debian has. */
const NOBODY = 65_534;
const root = process.getuid?.() === 0;

export interface Clamd {
  url: string;
  /** As at a crash; `start` brings it back on the same port. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Stops it in its tracks: connections are taken, and nobody answers. */
  hold(): void;
  release(): void;
  stop(): Promise<void>;
}

/** A real clamd (Debian: clamav-daemon) that knows EICAR and nothing else: no signatures are downloaded. */
export async function startClamd(): Promise<Clamd> {
  const folder = await temporaryFolder();
  const port = await freePort();
  const [database, conf] = [join(folder.path, 'signatures'), join(folder.path, 'clamd.conf')];
  await mkdir(database);
  await writeFile(join(database, 'eicar.ndb'), `Eicar-Test-Signature:0:*:${Buffer.from(EICAR).toString('hex')}\n`);
  await writeFile(
    conf,
    [
      ...[
        'Foreground yes',
        `DatabaseDirectory ${database}`,
        `TCPSocket ${port}`,
        'TCPAddr 127.0.0.1',
        `TemporaryDirectory ${folder.path}`,
      ],
      ...[
        'AlertExceedsMax yes',
        'AlertEncrypted yes',
        'StreamMaxLength 8M',
        'MaxFileSize 2M',
        'MaxScanSize 8M',
        'MaxRecursion 5',
        'SelfCheck 3600',
      ],
    ].join('\n') + '\n',
  );
  if (root)
    for (const path of [folder.path, database, conf, join(database, 'eicar.ndb')]) await chown(path, NOBODY, NOBODY);

  let child = launch();
  function launch() {
    return spawn('clamd', ['-c', conf], {
      stdio: 'ignore',
      ...(root ? { uid: NOBODY, gid: NOBODY } : {}),
      env: { ...process.env, USER: userInfo().username },
    });
  }
  const listens = () =>
    eventually(
      'clamd listens',
      () =>
        new Promise<boolean>((resolve) => {
          const socket = connect(port, '127.0.0.1', () => (socket.destroy(), resolve(true)));
          socket.on('error', () => resolve(false));
        }),
    );
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  await listens();
  return {
    url: `tcp://127.0.0.1:${port}`,
    kill,
    async start() {
      child = launch();
      await listens();
    },
    hold: () => void child.kill('SIGSTOP'),
    release: () => void child.kill('SIGCONT'),
    async stop() {
      await kill();
      await folder.remove();
    },
  };
}
