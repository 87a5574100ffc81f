import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { watchNpm } from './watch-npm.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program on our own terminal and resolves to its exit code (128 + n after signal n). It gets the signals that
 * we get, and SIGTERM when npm above us is killed. `watched`: it holds a pipe that ends when we do, however we die.
 */
export async function run(command, args, { env = {}, cwd, watched = false } = {}) {
  const stdio = ['inherit', 'inherit', 'inherit', ...(watched ? ['pipe'] : [])];
  const launcher = watched ? { SMARTSUPPORT_LAUNCHER_FD: '3' } : {};
  const child = spawn(command, args, { stdio, cwd, env: { ...process.env, ...env, ...launcher } });
  const pipe = child.stdio[3];
  pipe?.on('error', () => undefined);
  const done = passSignals(child, () => pipe?.end());
  try {
    const [code, signal] = await ended(child);
    return code ?? 128 + (constants.signals[signal] ?? 0);
  } finally {
    done();
  }
}

/** Runs a program and collects what it prints. */
export async function collect(command, args, options) {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const done = passSignals(child, () => undefined);
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  try {
    const [code] = await ended(child, 'close');
    return { code: code ?? 1, output };
  } catch (error) {
    return { code: 1, output: `${output}${error.message}` };
  } finally {
    done();
  }
}

function ended(child, event = 'exit') {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once(event, (code, signal) => resolve([code, signal]));
  });
}

/**
 * Ctrl+C reaches the child from the terminal itself, being sent to its whole group, so that passing it on would make
 * it two; a kill -INT of only us is told by the end of the pipe. npm passes on what it gets, too: a signal that
 * follows at once is the same one.
 */
function passSignals(child, endPipe) {
  const last = new Map();
  const pass = (signal) => {
    const now = performance.now();
    const repeated = now - (last.get(signal) ?? -Infinity) < 500;
    last.set(signal, now);
    if (repeated) return;
    if (signal === 'SIGINT' && process.stdin.isTTY) setTimeout(endPipe, 300).unref();
    else child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, pass);
  const unwatch = watchNpm(() => child.kill('SIGTERM'));
  return () => {
    for (const signal of SIGNALS) process.off(signal, pass);
    unwatch();
  };
}
