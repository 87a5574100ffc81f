import type Router from '@koa/router';
import { listStops } from '../mail/outbound/list-stops.ts';
import { resumeStop } from '../mail/outbound/resume-stop.ts';
import { mount, type MountDeps } from './mount.ts';

/** What the desk sends, and what keeps it from sending. */
export function outboundRoutes(router: Router, deps: MountDeps): void {
  mount(router, deps, 'listStops', ({ tx, actor, query }) =>
    listStops(tx.em, actor, { address: query.address ?? null }),
  );

  mount(router, deps, 'resumeStop', ({ tx, actor, params }) => resumeStop(tx, actor, params.id));
}
