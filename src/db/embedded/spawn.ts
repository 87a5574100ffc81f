import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import type { Runner } from './runner.ts';

/** PostgreSQL gets no PG* variable, no LANG and no secret of ours; only what a program needs to run at all. */
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'SystemDrive', 'LD_LIBRARY_PATH'];

/**
 * Starts a PostgreSQL program in a session of its own, so that Ctrl+C in the terminal does not reach it, with messages
 * in English because they are matched against.
 */
export function startAs(runner: Runner, program: string, args: readonly string[], stdio: StdioOptions): ChildProcess {
  const [command = program, ...rest] = [...runner.prefix, program, ...args];
  const passed = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const env = { ...Object.fromEntries(passed), LC_ALL: 'C', TZ: 'UTC' };
  const cwd = process.platform === 'win32' ? undefined : '/';
  return spawn(command, rest, { detached: true, windowsHide: true, stdio, env, cwd, ...runner.user });
}

/** Runs a program to its end; `code` is null when a signal ended it. Output is stdout and stderr together. */
export async function spawnAs(
  runner: Runner,
  program: string,
  args: readonly string[],
): Promise<{ code: number | null; output: string }> {
  const child = startAs(runner, program, args, ['ignore', 'pipe', 'pipe']);
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, output: `${output}${error.message}` }));
    child.once('close', (code) => resolve({ code, output }));
  });
}
