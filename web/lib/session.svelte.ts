import { ApiError, call, type Input, type Output, type Problem } from '#contract/client.ts';
import type { RouteName } from '#contract/paths.ts';
import { noteConnection } from './connection.svelte.ts';
import { noteTime } from './desk-time.ts';
import { remember, remembered } from './remember.ts';
import { forgetAll } from './forget.ts';
import { go, here, herePath } from './router.svelte.ts';
import { pathTo } from './routes.ts';

type Session = Output<'employeeToken'>;
type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** Who is signed in. */
export type Me = Pick<Session, 'id' | 'email' | 'role' | 'first_name' | 'last_name' | 'enrolment_required'>;

const CLIENT = { 'x-client': 'portal' };
const PATIENCE = 30_000;

// In memory only: the refresh token is a cookie that no script can read.
let access: string | null = null;
let renewing: Promise<void> | null = null;
let signedIn = $state.raw<Me | null>(null);

/** Who is signed in, or null. */
export const me = (): Me | null => signedIn;
export const isStaff = (): boolean => signedIn !== null && signedIn.role !== 'employee';
export const isAdmin = (): boolean => signedIn?.role === 'admin';
export const nameOf = (of: Me): string => `${of.first_name} ${of.last_name}`.trim() || of.email;

/** Calls an operation as the signed-in person. Renews the session once when it has run out. Throws ApiError. */
export function ask<N extends RouteName>(name: N, input: Input<N> = {}, send: Fetch = request): Promise<Output<N>> {
  return call(name, input, { headers: CLIENT, fetch: signed(send) as typeof fetch });
}

/** The bytes behind a path of the API, as the signed-in person. Throws ApiError. */
export async function askBytes(path: string): Promise<Blob> {
  const response = await signed(request)(path, { headers: CLIENT });
  if (response.ok) return response.blob();
  throw new ApiError({
    status: response.status,
    error: response.statusText,
    code: 'unknown',
    details: {},
    retryAfter: null,
  });
}

/** Operations that answer with a session. */
type Way = 'employeeToken' | 'linkToken' | 'giveSecondFactor' | 'passkeyToken';

/** Signs in by one of the ways there are. Throws ApiError; where a second factor is to be given, `challengeOf` has its question. */
export async function signIn<W extends Way>(way: W, body: NonNullable<Input<W>['body']>): Promise<void> {
  enter(await call(way, { body } as Input<W>, { headers: CLIENT, fetch: request as typeof fetch }));
}

/** What proves who is signed in, for a connection that is no request; null: nobody is, or it has to be renewed. */
export const accessToken = (): string | null => access;

/** Asks the desk again who is signed in, after something of it has changed. Throws ApiError. */
export const renewSession = (): Promise<void> => renew();

/** The question for a second factor that a refused sign-in holds, or null. */
export function challengeOf({ code, details }: Problem): string | null {
  const { challenge } = details as { challenge?: unknown };
  return code === 'second_factor_required' && typeof challenge === 'string' ? challenge : null;
}

/** Ends the session here and at the desk. */
export async function signOut(): Promise<void> {
  await call('signOut', { body: {} }, { headers: CLIENT, fetch: request as typeof fetch }).catch(() => undefined);
  leave();
  go(pathTo.signIn('/'));
}

/** On load: the cookie of an earlier visit signs in again. False when there was none. Throws ApiError when the desk does not answer. */
export async function resume(): Promise<boolean> {
  // No script can see the cookie; without this mark a first visit would begin with a refused request.
  if (!cameFromProvider() && remembered('was-here') === null) return false;
  try {
    await renew();
    return true;
  } catch (error) {
    if (!isRefused(error)) throw error;
    remember('was-here', null);
    return false;
  }
}

/** Whether the OpenID provider has just signed somebody in here; the desk says so in the address, and it is taken off. */
function cameFromProvider(): boolean {
  const came = location.hash === '#signed-in';
  if (came) history.replaceState(history.state, '', location.pathname + location.search);
  return came;
}

function enter(session: Session): void {
  if (signedIn && signedIn.id !== session.id) forgetAll();
  access = session.access;
  remember('was-here', 'yes');
  signedIn = session;
}

function leave(): void {
  access = null;
  signedIn = null;
  remember('was-here', null);
  forgetAll();
}

const isRefused = (error: unknown) => error instanceof ApiError && [400, 401, 403].includes(error.problem.status);

function signed(send: Fetch): Fetch {
  return async (url, init) => {
    const first = await send(url, withToken(init));
    if (first.status !== 401) return first;
    try {
      await renew();
    } catch (error) {
      if (isRefused(error)) expire();
      return first;
    }
    return send(url, withToken(init));
  };
}

function withToken(init: RequestInit = {}): RequestInit {
  return {
    ...init,
    headers: { ...(init.headers as Record<string, string>), ...(access && { authorization: `Bearer ${access}` }) },
  };
}

/** One renewal at a time, in this tab and across tabs: a refresh token works once. */
function renew(): Promise<void> {
  const work = async () =>
    enter(await call('refreshToken', { body: {} }, { headers: CLIENT, fetch: request as typeof fetch }));
  const alone = () => ('locks' in navigator ? navigator.locks.request('smartsupport-renew', work) : work());
  renewing ??= alone().finally(() => (renewing = null));
  return renewing;
}

/** The session is over: to the sign-in page and afterwards back to where we were; what was written stays in the drafts. */
function expire(): void {
  access = null;
  if (here().page !== 'sign-in') go(pathTo.signIn(herePath(), true), { replace: true });
}

async function request(url: string, init: RequestInit = {}): Promise<Response> {
  try {
    const signal = init.body instanceof FormData ? null : AbortSignal.timeout(PATIENCE);
    const response = await fetch(url, { ...init, signal, credentials: 'same-origin' });
    noteConnection(true);
    noteTime(response.headers.get('date'));
    return response;
  } catch (error) {
    noteConnection(false);
    throw error;
  }
}
