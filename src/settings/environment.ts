import type { Transaction } from '../db/transaction.ts';
import { SETTING_KEYS, type SettingKey, type Settings } from './schema.ts';

/** A setting that the environment may decide, or (`always`) decides alone, and why it does. */
interface FromEnvironment {
  variable: string;
  always: boolean;
  why: string;
}

/** Every setting in which the environment wins. Whoever deploys the desk answers for these, not whoever signs in to it. */
export const FROM_ENVIRONMENT: Partial<Record<SettingKey, FromEnvironment>> = {
  organisation_name: {
    variable: 'ORGANISATION',
    always: false,
    why: 'where it is set, copies of the desk are told apart by how they are deployed, also after their database was copied',
  },
  support_address: {
    variable: 'SUPPORT_ADDRESS',
    always: true,
    why: 'mail servers route to it and reply addresses are made of it: it changes together with them',
  },
  virus_scanner: {
    variable: 'CLAMD_URL',
    always: true,
    why: 'the scanner is a program beside the desk, and whoever deploys it answers for what is not scanned',
  },
  workflow_system: {
    variable: 'WORKFLOW_URL',
    always: true,
    why: 'tickets leave the desk for there, together with a secret that is not kept in the database',
  },
  max_message_bytes: {
    variable: 'MAX_MESSAGE_BYTES',
    always: true,
    why: 'the mail server in front must have the same limit, and it is announced before anybody signs in',
  },
};

/** Why the environment decides a setting, in words for an admin. */
export function environmentReason({ variable, why }: FromEnvironment): string {
  return `${variable} in the environment of the desk decides this: ${why}`;
}

/**
 * Notes what the environment of a desk that starts says, so that every process reads the same; what an admin set is kept below it and counts again
 * when the environment is silent.
 */
export async function applyEnvironment({ em }: Transaction, given: Partial<Settings>): Promise<void> {
  const said = Object.fromEntries(SETTING_KEYS.flatMap((key) => (given[key] === undefined ? [] : [[key, given[key]]])));
  await em.execute(
    `insert into setting (key, environment) select key, value from jsonb_each(?::jsonb)
     on conflict (key) do update set environment = excluded.environment where setting.environment is distinct from excluded.environment`,
    [JSON.stringify(said)],
  );
  await em.execute(
    `update setting set environment = null
      where environment is not null and not exists (select from jsonb_object_keys(?::jsonb) as said(name) where name = key)`,
    [JSON.stringify(said)],
  );
}
