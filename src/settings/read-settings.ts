import type { Transaction } from '../db/transaction.ts';
import { SETTING_KEYS, SETTINGS, type Settings } from './schema.ts';

/** All settings as they are now: what the environment says, else what was set, else the initial value. One statement. */
export async function readSettings({ em }: Pick<Transaction, 'em'>): Promise<Settings> {
  const rows = await em.execute<{ key: string; value: unknown }[]>(
    'select key, coalesce(environment, value) as value from setting',
  );
  const stored = new Map(rows.map(({ key, value }) => [key, value]));
  const values = SETTING_KEYS.map((key) => {
    const known = SETTINGS[key].safeParse(stored.get(key));
    return [key, known.success ? known.data : SETTINGS[key].parse(undefined)];
  });
  return Object.fromEntries(values) as Settings;
}
