import pg from 'pg';
import type { Log } from '../log.ts';

/** Tickets that have changed; null: any may have, as nobody listened for a while or there were too many to name. */
export type Changed = ReadonlySet<number> | null;

const CHANNEL = 'ticket_changed';
/** Milliseconds between two looks whether the connection still lives, and within which it must answer (M24). */
const LOOK_EVERY = 10_000;
const PATIENCE = 10_000;
/** Milliseconds until the next try. */
const RETRY = 1000;

/**
 * Hears of every change of a ticket as it is committed, by LISTEN on a connection of its own: one for each process. A connection that is
 * lost is made again, and what may have been missed meanwhile is told as `null`.
 */
export function hearChanges(
  databaseUrl: string,
  log: Log,
  tell: (changed: Changed) => void,
): { stop(): Promise<void> } {
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const again = () => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => void connect(), RETRY);
  };

  async function connect(): Promise<void> {
    const fresh = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'smartsupport changes',
      connectionTimeoutMillis: PATIENCE,
      keepAlive: true,
    });
    const lost = (error?: Error) => {
      if (client !== fresh && error === undefined) return;
      if (client === fresh) client = null;
      fresh.removeAllListeners('notification');
      if (!stopped) log.warn({ err: error }, 'the connection that hears of changes was lost');
      void fresh.end().catch(() => undefined);
      again();
    };
    fresh.once('error', lost);
    fresh.on('error', () => undefined);
    fresh.on('notification', ({ payload = '' }) => tell(readChanged(payload)));
    try {
      await fresh.connect();
      await fresh.query(`listen ${CHANNEL}`);
    } catch (error) {
      return lost(error instanceof Error ? error : new Error(String(error)));
    }
    if (stopped) return void fresh.end().catch(() => undefined);
    client = fresh;
    fresh.once('end', () => lost());
    tell(null);
    look(fresh, lost);
  }

  function look(fresh: pg.Client, lost: (error: Error) => void): void {
    timer = setTimeout(() => {
      const late = setTimeout(() => lost(new Error('it does not answer')), PATIENCE);
      fresh
        .query('select 1')
        .then(
          () => client === fresh && look(fresh, lost),
          () => undefined, // 'error' or 'end' says so
        )
        .finally(() => clearTimeout(late));
    }, LOOK_EVERY);
  }

  void connect();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}

/** `1,22,333`, or `*` for any. */
function readChanged(payload: string): Changed {
  const ids = payload.split(',').map(Number);
  return ids.every((id) => Number.isSafeInteger(id) && id > 0) ? new Set(ids) : null;
}
