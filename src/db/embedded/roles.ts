import type { Client } from 'pg';
import type { Secrets } from './secrets.ts';

/** Name of the database, and of the roles that own it and that use it. */
export const DATABASE = 'smartsupport';
/** Owns the database and changes its schema. */
export const OWNER = 'smartsupport_owner';
/** What web and worker are: reads and writes rows, and changes no schema. */
export const APP = 'smartsupport_app';

/** Makes the two roles and the database where they are missing; `admin` is connected as superuser. */
export async function ensureDatabase(admin: Client, secrets: Secrets): Promise<void> {
  const { rows } = await admin.query<{ name: string }>(
    'select rolname as name from pg_roles where rolname = any($1) union all select datname from pg_database where datname = $2',
    [[OWNER, APP], DATABASE],
  );
  const there = new Set(rows.map((row) => row.name));
  const rights = 'login nosuperuser nocreatedb nocreaterole noreplication password';
  if (!there.has(OWNER)) await admin.query(`create role ${OWNER} ${rights} ${admin.escapeLiteral(secrets.owner)}`);
  if (!there.has(APP)) await admin.query(`create role ${APP} ${rights} ${admin.escapeLiteral(secrets.app)}`);
  if (!there.has(DATABASE)) await admin.query(`create database ${DATABASE} owner ${OWNER} encoding 'UTF8'`);
}
