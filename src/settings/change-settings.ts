import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { AuditData } from '../db/audit-chain.ts';
import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { describeSettings, type DescribedSettings } from './describe-settings.ts';
import { SETTING_KEYS, type SettingKey, type Settings } from './schema.ts';

/** New values by key; null takes a setting back to its initial value. */
export type SettingChanges = { readonly [K in SettingKey]?: Settings[K] | null | undefined };

/** Names this kind of advisory lock. */
const LOCK = 7_302;

/**
 * Sets what was given, all of it or nothing, and audits each key that changes. 409 when somebody changed a setting since `version`; 400 with the
 * reason at each key that the environment decides or that does not fit the others.
 */
export async function changeSettings(
  tx: Transaction,
  given: { actorId: number; version: number; changes: SettingChanges },
): Promise<void> {
  const { actorId, version, changes } = given;
  await tx.em.execute(`select pg_advisory_xact_lock(${LOCK})`); // a key that was never set has no row to lock
  const { version: current, settings } = await describeSettings(tx);
  if (version !== current)
    throw new AppError('version_conflict', 'The settings have changed since you read them', { version: current });
  const asked = SETTING_KEYS.filter((key) => changes[key] !== undefined);
  refuseWrong(settings, changes, asked);
  for (const key of asked) {
    const value = changes[key] ?? null;
    const { value: before, initial, source } = settings[key];
    const same = value === null ? source === 'initial' : source === 'admin' && isDeepStrictEqual(before, value);
    if (same) continue;
    await tx.em.execute(
      `insert into setting (key, value, version, updated_at, updated_by) values (?, ?::jsonb, 1, ?, ?)
       on conflict (key) do update set value = excluded.value, version = setting.version + 1,
         updated_at = excluded.updated_at, updated_by = excluded.updated_by`,
      [key, value === null ? null : JSON.stringify(value), tx.now, actorId],
    );
    const data = { key, from: told(key, before), to: told(key, value ?? initial), reset: value === null };
    tx.audit({ action: 'setting.changed', actorId, data });
  }
}

function refuseWrong(settings: DescribedSettings, changes: SettingChanges, asked: readonly SettingKey[]): void {
  const wrong: Partial<Record<SettingKey, string[]>> = {};
  for (const key of asked) {
    const { reason } = settings[key];
    if (reason !== null) wrong[key] = [reason];
  }
  const after = <K extends SettingKey>(key: K): Settings[K] => {
    const change = changes[key] as Settings[K] | null | undefined;
    return change === undefined ? settings[key].value : (change ?? settings[key].initial);
  };
  if (after('registration') === 'domains' && after('registration_domains').length === 0)
    wrong.registration_domains = ['must name a domain while registration is open to domains only'];
  if (Object.keys(wrong).length > 0) throw new AppError('validation_failed', 'Field validation failed', wrong);
}

/** Words that an admin chose may name people: the audit log has their hash. */
const WORDS: readonly SettingKey[] = [
  ...(['organisation_name', 'organisation_address', 'registration_domains', 'priority_names'] as const),
];

function told(key: SettingKey, value: unknown): AuditData[string] {
  if (WORDS.includes(key)) return createHash('sha256').update(JSON.stringify(value)).digest('hex');
  return value as AuditData[string];
}
