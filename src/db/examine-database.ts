import pg from 'pg';
import { pendingMigrations } from './migrate.ts';

/** What a database says of itself. */
export interface DatabaseState {
  /** Major version of PostgreSQL. */
  version: number;
  encoding: string;
  /** Names of migrations that still have to run. */
  pending: string[];
}

const PATIENCE = 10_000;

/** Connects and asks. Throws when the database cannot be reached or does not let us in. */
export async function examineDatabase(url: string): Promise<DatabaseState> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: PATIENCE });
  client.on('error', () => undefined); // whoever asks hears of it there
  try {
    await client.connect();
    const { rows } = await client.query<{ version: number; encoding: string }>(
      `select current_setting('server_version_num')::int / 10000 as version, current_setting('server_encoding') as encoding`,
    );
    const { version = 0, encoding = '' } = rows[0] ?? {};
    return { version, encoding, pending: encoding === 'UTF8' ? await pendingMigrations(url) : [] };
  } finally {
    await client.end().catch(() => undefined);
  }
}
