import type Router from '@koa/router';
import type { Transaction } from '../db/transaction.ts';
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
}

async function present(tx: Transaction): Promise<Answer<'readSettings'>> {
  const { version, settings } = await describeSettings(tx);
  const shown = Object.entries(settings).map(([key, { updatedAt, updatedBy, ...rest }]) => [
    key,
    { ...rest, updated_at: updatedAt?.toISOString() ?? null, updated_by: updatedBy },
  ]);
  return { version, settings: Object.fromEntries(shown) as Answer<'readSettings'>['settings'] };
}
