import type { EntityManager } from '@mikro-orm/postgresql';
import type { Pool, PoolClient, QueryConfig } from 'pg';

/** A statement that runs so often that PostgreSQL keeps its plan, once for each connection. */
export interface Prepared {
  readonly name: string;
  /** with `$1`, `$2` … */
  readonly text: string;
}

/** By text: on its way through Kysely to the driver there is no room for a name. */
const known = new Map<string, string>();

/** Takes SQL with `?` for each value, as `em.execute` does. */
export function prepared(name: string, sql: string): Prepared {
  let at = 0;
  const text = sql.replace(/\?/g, () => `$${++at}`);
  known.set(text, name);
  return { name, text };
}

/** Runs it in the transaction of `em`. Values go beside the text, not in it: a long mail is not read as SQL. */
export async function runPrepared<T>(
  em: EntityManager,
  { name, text }: Prepared,
  values: readonly unknown[],
): Promise<T[]> {
  const { rows } = await em.getKysely().executeQuery<T>({
    ...{ sql: text, parameters: values, queryId: { queryId: name } },
    query: { kind: 'RawNode', sqlFragments: [text], parameters: [] },
  });
  return rows;
}

/** Gives prepared statements their names on every connection of the pool. */
export function namePrepared(pool: Pool): void {
  pool.on('connect', (client) => {
    const driver = Object.getPrototypeOf(client) as { query: (...given: unknown[]) => unknown };
    const named = (given: unknown, values: unknown, ...rest: unknown[]) => {
      const name = typeof given === 'string' ? known.get(given) : undefined;
      const asked = name === undefined ? [given, values] : [{ name, text: given, values } as QueryConfig];
      return driver.query.call(client, ...asked, ...rest);
    };
    client.query = named as PoolClient['query'];
  });
}
