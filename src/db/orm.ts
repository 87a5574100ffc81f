import { fileURLToPath } from 'node:url';
import { Migrator } from '@mikro-orm/migrations';
import type { Pool } from 'pg';
import { MikroORM, type EntitySchema, type EntityClass } from '@mikro-orm/postgresql';
import { reclaimDeadConnections } from './dead-connections.ts';
import { namePrepared } from './prepared.ts';

/** Where migrations live, beside the code that needs them. */
export const MIGRATIONS = fileURLToPath(new URL('../../migrations/', import.meta.url));

/** Milliseconds to wait for a connection: a server that does not answer, or a pool whose connections are all in use. */
const CONNECT_PATIENCE = 10_000;

/** Opens the ORM on a database URL. `pool` is its most connections. */
export function createOrm(url: string, entities: (EntitySchema | EntityClass)[], pool = 10): Promise<MikroORM> {
  return MikroORM.init({
    clientUrl: url,
    entities,
    extensions: [Migrator],
    discovery: { warnWhenNoEntities: false },
    pool: { min: 0, max: pool },
    driverOptions: {
      onPoolCreated: (pool: Pool) => {
        reclaimDeadConnections(pool);
        namePrepared(pool);
      },
      connectionTimeoutMillis: CONNECT_PATIENCE,
      keepAlive: true,
    },
    logger: () => {}, // the migrator would print; queries are logged by whoever asks
    migrations: { path: MIGRATIONS, glob: '*.ts', tableName: 'migration', snapshot: false, allOrNothing: true },
  });
}
