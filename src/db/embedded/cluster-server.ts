import type { Client } from 'pg';
import type { PostgresBinaries } from './binaries.ts';
import { tryToConnect } from './connect.ts';
import type { Runner } from './runner.ts';

/** Everything it takes to serve one finished cluster. */
export interface Cluster {
  dir: string;
  /** Real path of the data folder, as PostgreSQL itself names it. */
  data: string;
  runner: Runner;
  binaries: PostgresBinaries;
  adminPassword: string;
  fsync: boolean;
  settings: Readonly<Record<string, string>>;
}

/** A server that answers, with a superuser's connection to it. */
export interface Server {
  pid: number;
  port: number;
  admin: Client;
}

/**
 * Connects to the server on `port`. Null: it does not answer yet. Foreign: it answers, but does not know our password,
 * serves another folder, or is not as we would have started it.
 */
export async function connectOurs(port: number, cluster: Cluster): Promise<Client | 'foreign' | null> {
  const answer = await tryToConnect(port, cluster.adminPassword);
  if (answer.client === null) return answer.refused === 'password' ? 'foreign' : null;
  const { rows } = await answer.client.query<{ data: string; fsync: string; version: string }>(
    `select current_setting('data_directory') as data, current_setting('fsync') as fsync,
            current_setting('server_version') as version`,
  );
  const is = rows[0];
  const fits =
    is?.data === cluster.data && is.fsync === (cluster.fsync ? 'on' : 'off') && is.version === cluster.runner.version;
  if (fits) return answer.client;
  await answer.client.end();
  return 'foreign';
}
