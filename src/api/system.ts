import type Router from '@koa/router';
import { listFailedJobs, retryJob } from '../reports/failed-jobs.ts';
import { readSystem } from '../reports/read-system.ts';
import { mount, type MountDeps } from './mount.ts';

/** How the desk itself fares, for admins. */
export function systemRoutes(router: Router, deps: MountDeps): void {
  mount(router, deps, 'readSystem', ({ tx }) => readSystem(tx.em, tx.now));
  mount(router, deps, 'listFailedJobs', async ({ tx }) => ({ results: await listFailedJobs(tx.em) }));
  mount(router, deps, 'retryJob', async ({ tx, actor, params: { id } }) => ({ queue: await retryJob(tx, actor, id) }));
}
