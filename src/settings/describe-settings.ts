import type { Transaction } from '../db/transaction.ts';
import { environmentReason, FROM_ENVIRONMENT } from './environment.ts';
import { SETTING_KEYS, SETTINGS, type SettingKey, type Settings } from './schema.ts';

/** A setting with where its value comes from; `reason` says why it cannot be changed here, null: it can. */
export interface DescribedSetting<V = unknown> {
  value: V;
  /** Its value before anybody set it. */
  initial: V;
  source: 'initial' | 'admin' | 'environment';
  reason: string | null;
  updatedAt: Date | null;
  updatedBy: number | null;
}
export type DescribedSettings = { [K in SettingKey]: DescribedSetting<Settings[K]> };

interface Row {
  key: string;
  value: unknown;
  environment: unknown;
  version: number;
  updated_at: Date | string | null;
  updated_by: string | null;
}

/** Every setting with its source. `version` grows with each change of any of them. One statement. */
export async function describeSettings({
  em,
}: Pick<Transaction, 'em'>): Promise<{ version: number; settings: DescribedSettings }> {
  const rows = await em.execute<Row[]>('select key, value, environment, version, updated_at, updated_by from setting');
  const byKey = new Map(rows.map((row) => [row.key, row]));
  const settings = SETTING_KEYS.map((key) => [key, describe(key, byKey.get(key))]);
  return {
    version: rows.reduce((sum, { version }) => sum + version, 0),
    settings: Object.fromEntries(settings) as DescribedSettings,
  };
}

function describe(key: SettingKey, row: Row | undefined): DescribedSetting {
  const initial: unknown = SETTINGS[key].parse(undefined);
  const fixed = FROM_ENVIRONMENT[key];
  const said = row?.environment ?? null;
  const known = SETTINGS[key].safeParse(said ?? row?.value ?? undefined);
  const source =
    said !== null || fixed?.always ? 'environment' : row?.value != null && known.success ? 'admin' : 'initial';
  return {
    value: known.success ? known.data : initial,
    initial,
    source,
    reason: fixed && source === 'environment' ? environmentReason(fixed) : null,
    updatedAt: row?.updated_at ? new Date(row.updated_at) : null,
    updatedBy: row?.updated_by ? Number(row.updated_by) : null,
  };
}
