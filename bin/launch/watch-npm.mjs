import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Calls `onGone` when the npm that started us has ended: killed by SIGTERM it dies at once and leaves us running.
 * Nothing is watched when no npm is above us: a shell may start us in the background and leave. Returns an end to it.
 */
export function watchNpm(onGone) {
  const watched = npmAbove();
  if (watched === null) return () => undefined;
  const timer = setInterval(() => {
    if (isThere(watched)) return;
    clearInterval(timer);
    onGone();
  }, 200);
  timer.unref();
  return () => clearInterval(timer);
}

/** The npm above us and the process by whose parent we see that it lives: ourselves, or a shell between. */
function npmAbove() {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return null;
  const parent = lookUp(process.ppid);
  if (parent === null) return null;
  if (isNpm(parent.command)) return { npm: process.ppid, child: process.pid };
  const above = lookUp(parent.parent);
  return above !== null && isNpm(above.command) ? { npm: parent.parent, child: process.ppid } : null;
}

const isNpm = (command) => /\b(npm|npx|pnpm|yarn)\b/.test(command);

function isThere({ npm, child }) {
  if (child === process.pid) return process.ppid === npm;
  if (process.platform === 'linux') return parentOf(child) === npm;
  try {
    process.kill(npm, 0);
    return true;
  } catch {
    return false;
  }
}

function lookUp(pid) {
  try {
    if (process.platform === 'linux') {
      return { parent: parentOf(pid), command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') };
    }
    const line = execFileSync('ps', ['-o', 'ppid=,command=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const [parent, ...command] = line.split(/\s+/);
    return { parent: Number(parent), command: command.join(' ') };
  } catch {
    return null;
  }
}

/** Field 4 of /proc/<pid>/stat, behind a name that may itself hold spaces and brackets. */
function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}
