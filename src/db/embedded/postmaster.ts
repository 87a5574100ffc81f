import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { PostgresBinaries } from './binaries.ts';
import type { Runner } from './runner.ts';
import { spawnAs } from './spawn.ts';

/** A server process as its postmaster.pid tells; the port is null before it listens. */
export interface Postmaster {
  pid: number;
  port: number | null;
}

/** Reads `<data>/postmaster.pid`, which PostgreSQL removes when it ends in an orderly way; null when there is none. */
export async function readPostmaster(data: string): Promise<Postmaster | null> {
  const lines = await readFile(join(data, 'postmaster.pid'), 'utf8').then(
    (text) => text.split('\n'),
    () => [],
  );
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  return Number.isInteger(pid) && pid > 1 ? { pid, port: port > 0 ? port : null } : null;
}

/**
 * Whether this process is alive and serves `data`. A pid alone proves nothing: after a reboot, or in a container, it
 * is somebody else's. A zombie (nobody reaps below some containers' pid 1) has neither folder nor arguments.
 */
export function servesFolder(pid: number, data: string): boolean {
  if (process.platform === 'linux') return workingFolder(pid) === data || argumentsOf(pid).includes(data);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  if (process.platform === 'win32') return true;
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes(data);
  } catch {
    return false;
  }
}

/**
 * Ends the server by a fast shutdown: clients are disconnected, everything committed is flushed. One that does not end
 * within `patience` ms is ended at once, as by a power cut, which it recovers from at its next start.
 */
export async function stopPostmaster(
  pid: number,
  data: string,
  how: { runner: Runner; binaries: PostgresBinaries; patience: number },
): Promise<'stopped' | 'forced'> {
  if (process.platform === 'win32') {
    const seconds = String(Math.ceil(how.patience / 1000));
    await spawnAs(how.runner, how.binaries.pgCtl, ['stop', '-D', data, '-m', 'fast', '-w', '-t', seconds]);
    return 'stopped';
  }
  send(pid, 'SIGINT');
  if (await isGone(pid, data, how.patience)) return 'stopped';
  send(pid, 'SIGQUIT');
  if (!(await isGone(pid, data, 5_000))) send(pid, 'SIGKILL');
  return 'forced';
}

async function isGone(pid: number, data: string, patience: number): Promise<boolean> {
  const end = performance.now() + patience;
  while (servesFolder(pid, data)) {
    if (performance.now() > end) return false;
    await pause(10);
  }
  return true;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function workingFolder(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}

/** Of the server itself only: PostgreSQL writes other words over the arguments of its children. */
function argumentsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
