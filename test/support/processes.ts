import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** Waits until `look` gives something, at most `patience` ms; throws with `what` when it does not. */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  patience = 30_000,
): Promise<NonNullable<T>> {
  const end = performance.now() + patience;
  for (;;) {
    const seen = await look();
    if (seen !== null && seen !== undefined && seen !== false) return seen;
    if (performance.now() > end) throw new Error(`Not within ${patience} ms: ${what}`);
    await pause(10);
  }
}

/** A new folder of mode 0700 in the system's temporary one; `remove` it at the end. */
export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'smartsupport-')));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** A started program, what it has printed, and its end. Killed with the test that started it. */
export interface Program {
  child: ChildProcess;
  pid: number;
  output: () => string;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Waits until it has printed something that matches. */
  prints: (pattern: RegExp) => Promise<RegExpExecArray>;
}

/** Starts a program whose output is collected. */
export function start(command: string, args: readonly string[], options: SpawnOptions = {}): Program {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
  let output = '';
  const collect = (chunk: Buffer) => (output += chunk.toString());
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  child.stdin?.on('error', () => undefined);
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }));
  onTestFinished(() => void child.kill('SIGKILL'));
  const prints = async (pattern: RegExp) => {
    const found = () => {
      const match = pattern.exec(output);
      if (match === null && child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}:\n${output}`);
      return match;
    };
    return eventually(`${String(pattern)} in ${JSON.stringify(output)}`, found, 30_000);
  };
  return { child, pid: child.pid ?? 0, output: () => output, ended, prints };
}

/** Whether a process is alive. A dead one that its parent has not asked for (a zombie) is not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.charAt(stat.lastIndexOf(')') + 2) !== 'Z';
  } catch {
    return false;
  }
}

const RENAMED = ['unshare', '--user', '--map-user=1000', '--map-group=1000', '--'];
const CHANGED = ['setpriv', '--reuid=1000', '--regid=1000', '--clear-groups', '--inh-caps=+dac_override'];

/** In front of a command it makes root an ordinary user that can still enter root's 0700 folders; others stay themselves. */
export const AS_ORDINARY_USER: readonly string[] = asOrdinaryUser();

function asOrdinaryUser(): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  const [command = '', ...args] = [...RENAMED, 'true'];
  // Containers forbid the first way.
  return spawnSync(command, args).status === 0 ? RENAMED : [...CHANGED, '--ambient-caps=+dac_override', '--'];
}
