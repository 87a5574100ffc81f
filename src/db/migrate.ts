import pg from 'pg';
import { UsageError } from '../errors.ts';
import { migrateBoss } from './boss.ts';
import { createOrm } from './orm.ts';

/** Oldest PostgreSQL that the schema and the queries are made for. */
export const MINIMUM_POSTGRES = 15;

/** Any constant does, as long as it stays: two migrate steps at once wait for each other. */
const LOCK = 7_203_551;

/**
 * Brings the database to this version as its owner, then grants the app role what it needs and no more. Returns the names of
 * the migrations that ran. Safe to run again, and by several machines at once.
 */
export async function migrate(ownerUrl: string, appUrl: string): Promise<string[]> {
  const client = new pg.Client(ownerUrl);
  await client.connect();
  try {
    await refuseUnfit(client);
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    const ran = await runMigrations(ownerUrl);
    await migrateBoss(ownerUrl);
    const role = decodeURIComponent(new URL(appUrl).username);
    if (role !== decodeURIComponent(new URL(ownerUrl).username)) await grant(client, role);
    return ran;
  } finally {
    await client.end();
  }
}

async function refuseUnfit(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ version: number; encoding: string }>(
    `select current_setting('server_version_num')::int / 10000 as version, current_setting('server_encoding') as encoding`,
  );
  const { version = 0, encoding } = rows[0] ?? {};
  if (version < MINIMUM_POSTGRES)
    throw new UsageError(`PostgreSQL ${version} is too old: SmartSupport needs ${MINIMUM_POSTGRES} or newer.`);
  if (encoding !== 'UTF8')
    throw new UsageError(`The database is encoded in ${encoding}: create it with "create database … encoding 'UTF8'".`);
}

async function runMigrations(ownerUrl: string): Promise<string[]> {
  const orm = await createOrm(ownerUrl, [], 2);
  try {
    return (await orm.migrator.up()).map(({ name }) => name);
  } finally {
    await orm.close();
  }
}

/** The app role reads and writes rows; it owns nothing and cannot change the schema. */
async function grant(client: pg.Client, role: string): Promise<void> {
  const app = client.escapeIdentifier(role);
  for (const schema of ['public', 'pgboss']) {
    await client.query(`grant usage on schema ${schema} to ${app}`);
    await client.query(`grant select, insert, update, delete on all tables in schema ${schema} to ${app}`);
    await client.query(`grant usage, select on all sequences in schema ${schema} to ${app}`);
    await client.query(`grant execute on all functions in schema ${schema} to ${app}`);
  }
  await client.query(`revoke insert, update, delete on table public.migration from ${app}`);
  await client.query(`revoke update, delete on table public.audit_entry from ${app}`);
  await client.query(`revoke insert, delete on table public.audit_head from ${app}`);
}

/** Whether the database is at this version: the names of migrations that still have to run. */
export async function pendingMigrations(url: string): Promise<string[]> {
  const orm = await createOrm(url, [], 1);
  try {
    return (await orm.migrator.getPending()).map(({ name }) => name);
  } finally {
    await orm.close();
  }
}
