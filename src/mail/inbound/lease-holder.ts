import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Who holds a lease, in one word: `host|pid namespace|pid|start|id`, so that whoever runs beside it can tell that it died. */
export function newHolder(): string {
  const { namespace, start } = identityOf(process.pid) ?? { namespace: '', start: '' };
  return [hostname(), namespace, process.pid, start, randomUUID()].join('|');
}

/**
 * True only with proof that the process is gone: it ran where we run, and its number is nobody's or another's. Elsewhere, or where the system does
 * not say, a lease has to run out.
 */
export function isDead(holder: string): boolean {
  const [host, namespace, pid = '', start] = holder.split('|');
  const self = identityOf(process.pid);
  if (!self || !start || host !== hostname() || namespace !== self.namespace) return false;
  return identityOf(Number(pid))?.start !== start;
}

/** Linux: the process's own idea of process numbers (containers have their own), and when it began (proc_pid_stat(5)). */
function identityOf(pid: number): { namespace: string; start: string } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return null; // dead, and not yet buried
    return { namespace: pid === process.pid ? readlinkSync('/proc/self/ns/pid') : '', start: fields[18] ?? '' };
  } catch {
    return null;
  }
}
