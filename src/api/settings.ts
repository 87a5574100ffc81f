import type Router from '@koa/router';
import type { Transaction } from '../db/transaction.ts';
import { foreseeRetention } from '../retention/foresee-retention.ts';
import { changeSettings } from '../settings/change-settings.ts';
import { describeSettings } from '../settings/describe-settings.ts';
import { mount, type Answer, type MountDeps } from './mount.ts';

/** Everything an admin configures, with its sources. */
export function settingsRoutes(router: Router, deps: MountDeps): void {
  mount(router, deps, 'readSettings', async ({ tx }) => present(tx));

  mount(router, deps, 'changeSettings', async ({ tx, actor, body: { version, ...changes } }) => {
    await changeSettings(tx, { actorId: actor.id, version, changes });
    return present(tx);
  });

  mount(router, deps, 'foreseeRetention', async ({ tx, query }) => ({
    results: (await foreseeRetention(tx, query)).map(({ dueCapped, oldest, last, ...rest }) => ({
      ...{ ...rest, due_capped: dueCapped, oldest: oldest?.toISOString() ?? null },
      last: last && { at: last.at.toISOString(), count: last.count },
    })),
  }));
}

async function present(tx: Transaction): Promise<Answer<'readSettings'>> {
  const { version, settings } = await describeSettings(tx);
  const shown = Object.entries(settings).map(([key, { updatedAt, updatedBy, ...rest }]) => [
    key,
    { ...rest, updated_at: updatedAt?.toISOString() ?? null, updated_by: updatedBy },
  ]);
  return { version, settings: Object.fromEntries(shown) as Answer<'readSettings'>['settings'] };
}
