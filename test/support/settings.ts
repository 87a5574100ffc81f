import type { Settings } from '../../src/settings/schema.ts';
import type { TestDesk } from './desk.ts';

/** Sets settings as an admin would have, without asking anybody. */
export function setSettings(desk: TestDesk, settings: Partial<Settings>): Promise<void> {
  return desk.transaction(async ({ em, now }) => {
    for (const [key, value] of Object.entries(settings))
      await em.execute(
        `insert into setting (key, value, updated_at) values (?, ?::jsonb, ?) on conflict (key) do update set value = excluded.value`,
        [key, JSON.stringify(value), now],
      );
  });
}
