import { Migrator } from '@mikro-orm/migrations';
import { MikroORM, type EntitySchema, type EntityClass } from '@mikro-orm/postgresql';

/** Where migrations live, beside the code that needs them. */
export const MIGRATIONS = new URL('../../migrations/', import.meta.url).pathname;

/** Opens the ORM on a database URL. `pool` is its most connections. */
export function createOrm(url: string, entities: (EntitySchema | EntityClass)[], pool = 10): Promise<MikroORM> {
  return MikroORM.init({
    clientUrl: url,
    entities,
    extensions: [Migrator],
    discovery: { warnWhenNoEntities: false },
    pool: { min: 0, max: pool },
    logger: () => {}, // the migrator would print; queries are logged by whoever asks
    migrations: { path: MIGRATIONS, glob: '*.ts', tableName: 'migration', snapshot: false, allOrNothing: true },
  });
}
