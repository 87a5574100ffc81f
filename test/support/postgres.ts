import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrate.ts';
import { silent } from '../../src/log.ts';
import { TEMPLATE, onDatabase } from './database.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: { adminUrl: string; ownerUrl: string; appUrl: string };
  }
}

/** One PostgreSQL for the whole run, with the schema built once; every test file clones it in a few milliseconds. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), 'smartsupport-test-'));
  const settings = { max_connections: '300', autovacuum: 'off' };
  const postgres = await startEmbeddedPostgres({ dir, log: silent, fsync: false, settings });
  const { adminUrl, ownerUrl, appUrl } = postgres;
  const admin = new pg.Client(adminUrl);
  await admin.connect();
  await admin.query(`create database ${TEMPLATE} owner smartsupport_owner`);
  await admin.end();
  await migrate(onDatabase(ownerUrl, TEMPLATE), onDatabase(appUrl, TEMPLATE));
  project.provide('postgres', { adminUrl, ownerUrl, appUrl });
  return async () => {
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  };
}
