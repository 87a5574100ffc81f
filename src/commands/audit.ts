import type { Config } from '../config.ts';
import { headText, readAuditHead, type AuditHead } from '../db/read-audit-head.ts';
import { verifyAudit } from '../db/verify-audit.ts';
import { UsageError } from '../errors.ts';
import type { Log } from '../log.ts';
import { openTool } from './open-tool.ts';

/** What is asked of the audit log; `heads` are ends of it that were kept elsewhere. */
export type AuditCommand = { do: 'head' } | { do: 'verify'; heads: readonly AuditHead[] };

/** Reads `head` or `verify --head ID:HASH…`. */
export function readAuditCommand([what, ...rest]: readonly string[], heads: readonly string[]): AuditCommand {
  if (rest.length > 0) throw new UsageError(`Unexpected argument "${rest[0]}"`);
  if (what === 'head' && heads.length === 0) return { do: 'head' };
  if (what !== 'verify') throw new UsageError('Say verify or head. See: smartsupport audit --help');
  return { do: 'verify', heads: heads.map(readHead) };
}

function readHead(text: string): AuditHead {
  const [, id, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (!id || !hash)
    throw new UsageError(`"${text}" is no end of an audit log: it looks like 123: and 64 hexadecimal digits.`);
  return { id: Number(id), hash };
}

/** So many faults are named; one who rewrites the log makes as many as there are rows. */
const MOST = 100;

/** Prints the end of the audit log, or every fault in it. Gives the exit code: 0 intact, 1 tampered with. */
export async function audit(
  config: Config,
  log: Log,
  command: AuditCommand,
  print: (line: string) => void,
): Promise<number> {
  const { desk, stop } = await openTool(config, log);
  try {
    if (command.do === 'head') {
      print(headText(await desk.transaction(readAuditHead)));
      return 0;
    }
    const { rows, faults, end } = await verifyAudit(desk.transaction, command.heads);
    for (const fault of faults.slice(0, MOST)) print(fault);
    if (faults.length > MOST) print(`… and ${faults.length - MOST} more`);
    print(`${faults.length === 0 ? 'Intact' : `${faults.length} faults`}: ${rows} rows, the end is ${headText(end)}`);
    return faults.length === 0 ? 0 : 1;
  } finally {
    await stop();
  }
}
