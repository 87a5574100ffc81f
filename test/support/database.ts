import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { connected } from './connected.ts';

export const TEMPLATE = 'desk_template';

/** The same URL for another database of the cluster. */
export function onDatabase(url: string, name: string): string {
  return Object.assign(new URL(url), { pathname: `/${name}` }).toString();
}

export interface TestDatabase {
  name: string;
  /** As the app role, as web and worker see it. */
  url: string;
  ownerUrl: string;
  drop(): Promise<void>;
}

/** A database of its own with the current schema, cloned from the template. */
export async function cloneDatabase(): Promise<TestDatabase> {
  const { adminUrl, ownerUrl, appUrl } = inject('postgres');
  const name = `desk_${randomUUID().replaceAll('-', '')}`;
  await asAdmin(adminUrl, `create database ${name} template ${TEMPLATE} owner smartsupport_owner`);
  return {
    name,
    url: onDatabase(appUrl, name),
    ownerUrl: onDatabase(ownerUrl, name),
    drop: () => asAdmin(adminUrl, `drop database if exists ${name} with (force)`),
  };
}

async function asAdmin(url: string, sql: string): Promise<void> {
  await connected(url, (client) => client.query(sql));
}
