import type Router from '@koa/router';
import { AppError } from '../errors.ts';
import { endSessions } from '../people/end-sessions.ts';
import { alive, Session } from '../people/session.ts';
import { inSession } from './admit-principal.ts';
import { mount, type MountDeps } from './mount.ts';

/** Where a person is signed in, and signing out there. */
export function sessionRoutes(router: Router, deps: MountDeps): void {
  mount(router, deps, 'listSessions', async ({ tx, ...caller }) => {
    const { actor, session } = inSession(caller);
    const found = await tx.em.find(
      Session,
      { employee: actor.id, ...alive(tx.now) },
      { orderBy: { rotatedAt: 'desc', id: 'desc' }, limit: 200 },
    );
    return { results: found.map((one) => present(one, one.id === session.id)) };
  });

  mount(router, deps, 'endSession', async ({ tx, params, actor }) => {
    const ended = await endSessions(tx, actor.id, { only: params.id });
    if (ended === 0) throw new AppError('not_found', 'There is no such session');
    tx.audit({ action: 'session.ended', actorId: actor.id, subject: { type: 'session', id: params.id } });
    return {};
  });

  mount(router, deps, 'endOtherSessions', async ({ tx, ...caller }) => {
    const { actor, session } = inSession(caller);
    const ended = await endSessions(tx, actor.id, { except: session.id });
    const subject = { type: 'employee', id: actor.id };
    tx.audit({ action: 'session.others_ended', actorId: actor.id, subject, data: { ended } });
    return { ended };
  });
}

function present({ id, createdAt, rotatedAt, expiresAt, method, userAgent }: Session, current: boolean) {
  return {
    ...{ id, method, current, user_agent: userAgent },
    created_at: createdAt.toISOString(),
    last_used_at: rotatedAt.toISOString(),
    expires_at: expiresAt.toISOString(),
  };
}
