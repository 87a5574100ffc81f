import type { Pool, PoolClient } from 'pg';

/** Milliseconds in which whoever holds a connection that died may give it back themselves. */
const GRACE = 1000;

/**
 * Gives connections back to the pool that died while they were held. Kysely does so only after COMMIT or ROLLBACK was answered, so one
 * that dies within a transaction would keep its place for ever, and a few restarts of PostgreSQL would leave the desk without any.
 */
export function reclaimDeadConnections(pool: Pool): void {
  const held = new Set<PoolClient>();
  const reclaim = (client: PoolClient) => {
    if (held.has(client)) client.release(true);
  };
  pool.on('acquire', (client) => held.add(client));
  pool.on('release', (_error, client) => held.delete(client));
  pool.on('connect', (client) => {
    client.once('end', () => {
      if (held.has(client)) setTimeout(reclaim, GRACE, client);
    });
  });
}
