import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';
import { PATHS } from '../contract/paths.ts';
import { AppError } from '../errors.ts';
import { normalizeAddress } from '../mail/addresses.ts';
import type { SecondFactorAsked } from '../people/factors/ask-second-factor.ts';
import {
  CHALLENGE_MINUTES,
  findChallenge,
  makeChallenge,
  takeChallenge,
  type Challenge,
} from '../people/factors/challenge.ts';
import { linkIdentity, listIdentities, unlinkIdentity } from '../people/identities/link-identity.ts';
import type { OidcProvider, ProviderPerson } from '../people/identities/provider.ts';
import { signInWithIdentity, type IdentityRefusal } from '../people/identities/sign-in-with-identity.ts';
import { mount, mountOpen } from './mount.ts';
import { setRefreshCookie, type TokenDeps } from './tokens.ts';

export interface OidcRouteDeps extends TokenDeps {
  /** null: none is configured. */
  oidc: OidcProvider | null;
}

/** The browser that began; Lax, because the provider sends it back from another site. What is open is in the database. */
const COOKIE = '__Host-oidc';

// prettier-ignore
const REFUSALS: Record<IdentityRefusal, string> = {
  email_unverified: 'The provider has not verified your mail address, so it cannot be known whose account is yours',
  staff_unlinked: 'Accounts of staff are not linked by their address: sign in with your password, then link the provider in your profile',
  address_unconfirmed: 'There is an account with your address that was never confirmed: use "forgot password" first',
  registration_closed: 'There is no account for you here, and registration is not open to your address',
  pending: 'Your account waits for the approval of an admin; you will get a mail',
  not_approved: 'Your account is not approved',
};

/** Sign-in with the OpenID provider, and linking an account with it. */
export function oidcRoutes(router: Router, deps: OidcRouteDeps): void {
  mountOpen(router, deps, 'oidcProvider', () => Promise.resolve({ name: deps.oidc?.name ?? null }));

  mountOpen(router, deps, 'startOidc', async ({ query, ctx }) => {
    const provider = providerOf(deps);
    const fresh = query.fresh === 'true';
    const token =
      query.linking === 'true'
        ? await linkingToken(ctx, deps)
        : await deps.transaction((tx) => makeChallenge(tx, 'oidc', { data: { to: query.to, fresh } }));
    const url = await provider.authorizationUrl(token, { redirectUri: callbackOf(deps), fresh });
    setCookie(ctx, token, CHALLENGE_MINUTES.oidc * 60);
    ctx.redirect(url);
    return {};
  });

  mount(router, deps, 'linkIdentity', async ({ tx, actor, session, body, ctx }) => {
    providerOf(deps);
    const data = { to: body.to, fresh: false, sessionId: session?.id ?? 0 };
    setCookie(ctx, await makeChallenge(tx, 'oidc', { employeeId: actor.id, data }), CHALLENGE_MINUTES.oidc * 60);
    return { url: `${PATHS.startOidc[1]}?linking=true` }; // the provider is asked outside of this transaction
  });

  mountOpen(router, deps, 'finishOidc', async ({ ctx, transaction }) => {
    try {
      ctx.redirect(await finish(ctx, { ...deps, transaction }));
    } catch (error) {
      if (!(error instanceof AppError) || ctx.accepts('json', 'html') !== 'html') throw error;
      sayRefusal(ctx, error);
    }
    return {};
  });

  mount(router, deps, 'listIdentities', async ({ tx, actor }) => {
    const identities = await listIdentities(tx, actor.id);
    return {
      results: identities.map(({ id, issuer, createdAt }) => ({ id, issuer, created_at: createdAt.toISOString() })),
    };
  });

  mount(router, deps, 'unlinkIdentity', async ({ tx, actor, params }) => {
    await unlinkIdentity(tx, actor, params.id);
    return {};
  });
}

function providerOf({ oidc }: OidcRouteDeps): OidcProvider {
  if (!oidc) throw new AppError('not_found', 'Signing in with an OpenID provider is not configured here');
  return oidc;
}

/** Registered with the provider as where it may send people back to. */
const callbackOf = ({ origin }: OidcRouteDeps) => `${origin()}${PATHS.finishOidc[1]}`;

/** What `linkIdentity` began in this browser. */
async function linkingToken(ctx: RouterContext, { transaction }: OidcRouteDeps): Promise<string> {
  const token = ctx.cookies.get(COOKIE) ?? '';
  const asked = await transaction((tx) => findChallenge(tx, 'oidc', token));
  if (asked?.employeeId == null) throw notFinished('nothing_began');
  return token;
}

/** Where to go on, after the browser came back from the provider. */
async function finish(ctx: RouterContext, deps: OidcRouteDeps): Promise<string> {
  const provider = providerOf(deps);
  const { transaction } = deps;
  const token = ctx.cookies.get(COOKIE) ?? '';
  setCookie(ctx, '', 0);
  const asked = await transaction((tx) => takeChallenge(tx, 'oidc', token));
  if (!asked) throw notFinished('nothing_began');
  const person = await provider.personOf(new URL(`${callbackOf(deps)}${ctx.search}`), token, {
    fresh: asked.data['fresh'] === true,
  });
  if (!('refused' in person))
    return goOn(ctx, deps, asked, { ...person, email: person.email && normalizeAddress(person.email) });
  const { refused: reason } = person;
  await transaction(async (tx) =>
    tx.audit({ action: 'identity.refused', actorId: asked.employeeId, outcome: 'refused', data: { reason } }),
  );
  throw notFinished(reason);
}

async function goOn(
  ctx: RouterContext,
  deps: OidcRouteDeps,
  { employeeId, data }: Challenge,
  person: ProviderPerson,
): Promise<string> {
  const to = String(data['to']);
  if (employeeId !== null) {
    await deps.transaction((tx) => linkIdentity(tx, person, { employeeId, sessionId: Number(data['sessionId']) }));
    return to;
  }
  const outcome = await deps.transaction((tx) =>
    signInWithIdentity(tx, deps.secrets.refresh, { person, userAgent: ctx.get('user-agent') }),
  );
  if ('refused' in outcome) throw new AppError('forbidden', REFUSALS[outcome.refused], { reason: outcome.refused });
  if ('challenge' in outcome) return questionPage(outcome, to);
  setRefreshCookie(ctx, outcome);
  return `${to}#signed-in`; // the portal cannot see its cookie
}

/** The sign-in page, to ask for the second factor. A fragment stays in the browser. */
function questionPage({ challenge }: SecondFactorAsked, to: string): string {
  return `/sign-in?to=${encodeURIComponent(to)}#second-factor=${challenge}`;
}

const notFinished = (reason: string) =>
  new AppError('malformed_request', 'The sign-in with the provider could not be completed: begin again', { reason });

/** A browser shows it as a page: nobody but the provider sends people here. */
function sayRefusal(ctx: RouterContext, { status, message }: AppError): void {
  ctx.status = status;
  ctx.type = 'text/html; charset=utf-8';
  ctx.body = `<!doctype html><html lang="en"><title>Sign in</title><p>${message}.<p><a href="/sign-in">Back to the sign-in page</a></html>`;
}

function setCookie(ctx: RouterContext, value: string, seconds: number): void {
  ctx.append('Set-Cookie', `${COOKIE}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; Secure; SameSite=Lax`);
}
