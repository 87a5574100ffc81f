import type Router from '@koa/router';
import { changePassword } from '../people/change-password.ts';
import { confirmSignIn } from '../people/confirm-sign-in.ts';
import { requestLink } from '../people/link-request.ts';
import { resetPassword } from '../people/reset-password.ts';
import { recentUntil } from '../people/session.ts';
import { factorDeps } from './factors.ts';
import { inSession } from './admit-principal.ts';
import { mount, mountOpen } from './mount.ts';
import type { TokenDeps } from './tokens.ts';

/** Passwords: change, forget, choose anew, and show again. */
export function passwordRoutes(router: Router, deps: TokenDeps): void {
  mount(router, deps, 'confirmToken', async ({ tx, body, ...caller }) => {
    const { actor, session } = inSession(caller);
    await confirmSignIn(tx, factorDeps(deps), { actor, session, given: body });
    return { recent_until: recentUntil(session).toISOString() };
  });

  mount(router, deps, 'changePassword', async ({ tx, body, ...caller }) => {
    await changePassword(tx, inSession(caller), { current: body.current, password: body.new });
    return {};
  });

  mountOpen(router, deps, 'forgotPassword', async ({ body, transaction }) => {
    await transaction((tx) => requestLink(tx, 'reset-password', body.email));
    return {};
  });

  mountOpen(router, deps, 'resetPassword', async ({ body, transaction }) => {
    const { status } = await transaction((tx) => resetPassword(tx, body));
    return { status: status === 'approved' ? status : ('pending' as const) };
  });
}
