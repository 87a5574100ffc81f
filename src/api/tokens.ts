import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';
import type { z } from 'zod';
import type { Session as SessionAnswer } from '../contract/schemas.ts';
import { AppError } from '../errors.ts';
import { faultPoint } from '../fault-point.ts';
import type { SecondFactorAsked } from '../people/factors/ask-second-factor.ts';
import { ACCESS_SECONDS, makeAccessToken } from '../people/access-token.ts';
import { requestLink } from '../people/link-request.ts';
import { signInByLink } from '../people/sign-in-by-link.ts';
import { endSession, refreshSession, signIn, type SignedIn } from '../people/sign-in.ts';
import { mountOpen, type MountDeps } from './mount.ts';

/** `__Host-`: this host only, Secure, Path=/ (RFC 6265bis §4.1.3.2). Scripts cannot read it, other sites cannot send it. */
const COOKIE = '__Host-refresh';

export interface TokenDeps extends MountDeps {
  /** Origin of the portal, such as https://help.example.com. */
  origin: () => string;
}

/** Sign in, refresh, sign out. A client that says `X-Client: portal` gets its refresh token as a cookie, others in the body. */
export function tokenRoutes(router: Router, deps: TokenDeps): void {
  for (const name of ['employeeToken', 'adminToken'] as const)
    mountOpen(router, deps, name, async ({ body, ctx, transaction }) => {
      const before = tokenOf(ctx, deps, undefined);
      const given = { ...body, staffOnly: name === 'adminToken', userAgent: ctx.get('user-agent') };
      const signedIn = await signIn(transaction, deps.secrets, given);
      // Whoever planted a cookie in this browser before has nothing of it (T31).
      if (before) await transaction((tx) => endSession(tx, before));
      return presentSignIn(ctx, deps, signedIn);
    });

  mountOpen(router, deps, 'askSignInLink', async ({ body, transaction }) => {
    await transaction((tx) => requestLink(tx, 'sign-in', body.email));
    return {};
  });

  mountOpen(router, deps, 'linkToken', async ({ body, ctx, transaction }) => {
    const before = tokenOf(ctx, deps, undefined);
    const given = { token: body.token, userAgent: ctx.get('user-agent') };
    const signedIn = await transaction((tx) => signInByLink(tx, deps.secrets.refresh, given));
    if (!signedIn) throw new AppError('approval_pending', 'Your account waits for an admin to approve it');
    if (before) await transaction((tx) => endSession(tx, before));
    return presentSignIn(ctx, deps, signedIn);
  });

  mountOpen(router, deps, 'refreshToken', async ({ body, ctx, transaction }) => {
    const token = tokenOf(ctx, deps, body.refresh);
    const outcome = token ? await transaction((tx) => refreshSession(tx, deps.secrets.refresh, token)) : 'refused';
    faultPoint('FR1');
    if (typeof outcome !== 'string') return presentSession(ctx, deps, outcome);
    clearCookie(ctx);
    throw new AppError('authentication_required', 'Sign in again');
  });

  mountOpen(router, deps, 'signOut', async ({ body, ctx, transaction }) => {
    const token = tokenOf(ctx, deps, body.refresh);
    if (token) await transaction((tx) => endSession(tx, token));
    clearCookie(ctx);
    return {};
  });
}

function isPortal(ctx: RouterContext): boolean {
  return ctx.get('x-client') === 'portal';
}

/** The token from the cookie for the portal on its own origin, else from the body. */
function tokenOf(ctx: RouterContext, { origin }: TokenDeps, given: string | undefined): string | undefined {
  if (!isPortal(ctx)) return given;
  const from = ctx.get('origin');
  const own = [origin(), `${ctx.protocol}://${ctx.host}`];
  if (from && !own.includes(from)) throw new AppError('forbidden', 'This request came from another site');
  return ctx.cookies.get(COOKIE);
}

/** The session that a first factor opened, or 401 with the question for the second one. */
export function presentSignIn(
  ctx: RouterContext,
  deps: TokenDeps,
  outcome: SignedIn | SecondFactorAsked,
): z.input<typeof SessionAnswer> {
  if ('session' in outcome) return presentSession(ctx, deps, outcome);
  throw new AppError('second_factor_required', 'Give a second factor', { ...outcome });
}

/** Tokens and person as the contract gives them; the refresh token in the cookie for the portal, else in the body. */
export function presentSession(
  ctx: RouterContext,
  { secrets }: TokenDeps,
  { employee, session, refresh }: SignedIn,
): z.input<typeof SessionAnswer> {
  const now = Math.floor(Date.now() / 1000);
  const bearer = { employeeId: employee.id, sessionId: session.id, version: employee.version };
  if (isPortal(ctx)) setRefreshCookie(ctx, { session, refresh });
  ctx.set('Cache-Control', 'no-store');
  return {
    access: makeAccessToken(secrets.accessTokens, bearer, now),
    refresh: isPortal(ctx) ? null : refresh,
    expires_in: ACCESS_SECONDS,
    id: employee.id,
    email: employee.email,
    role: employee.role,
    first_name: employee.firstName,
    last_name: employee.lastName,
    enrolment_required: session.enrolOnly,
  };
}

/** Gives the browser the refresh token of a session. */
export function setRefreshCookie(
  ctx: RouterContext,
  { session, refresh }: Pick<SignedIn, 'session' | 'refresh'>,
): void {
  const now = Math.floor(Date.now() / 1000);
  setCookie(ctx, `${COOKIE}=${refresh}`, Math.floor(session.expiresAt.getTime() / 1000) - now);
}

/** Written by hand: Koa refuses Secure cookies on http, browsers keep them on http loopback. */
function setCookie(ctx: RouterContext, pair: string, seconds: number): void {
  ctx.append('Set-Cookie', `${pair}; Path=/; Max-Age=${seconds}; HttpOnly; Secure; SameSite=Strict`);
}

function clearCookie(ctx: RouterContext): void {
  if (isPortal(ctx)) setCookie(ctx, `${COOKIE}=`, 0);
}
