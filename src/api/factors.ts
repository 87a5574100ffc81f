import type Router from '@koa/router';
import { AppError } from '../errors.ts';
import { askConfirmation, readQuestion, type SecondFactorQuestion } from '../people/factors/ask-second-factor.ts';
import { WRONG_KEPT, type FactorDeps } from '../people/factors/check-second-factor.ts';
import { completeSignIn } from '../people/factors/complete-sign-in.ts';
import { factorChanged } from '../people/factors/factor-changed.ts';
import { needsFactor } from '../people/factors/must-enrol.ts';
import { addPasskey, askNewPasskey } from '../people/factors/passkeys/add-passkey.ts';
import { siteOf } from '../people/factors/passkeys/ceremony.ts';
import { listPasskeys, removePasskey, renamePasskey } from '../people/factors/passkeys/change-passkey.ts';
import type { Passkey } from '../people/factors/passkeys/passkey.ts';
import { askPasskey, signInWithPasskey } from '../people/factors/passkeys/sign-in-with-passkey.ts';
import { hasFactor, readFactors } from '../people/factors/read-factors.ts';
import { makeRecoveryCodes } from '../people/factors/recovery-codes.ts';
import { resetFactors } from '../people/factors/reset-factors.ts';
import { confirmTotp } from '../people/factors/totp/confirm-totp.ts';
import { enrolTotp } from '../people/factors/totp/enrol-totp.ts';
import { removeTotp } from '../people/factors/totp/remove-totp.ts';
import { mount, mountOpen } from './mount.ts';
import { presentSession, type TokenDeps } from './tokens.ts';

/** What a factor is checked with on this desk. */
export function factorDeps({ secrets, origin }: TokenDeps): FactorDeps {
  return { sealing: secrets.sealing, site: siteOf(origin()) };
}

/** Second factors: giving them when signing in, setting them up, removing them. */
export function factorRoutes(router: Router, deps: TokenDeps): void {
  signInRoutes(router, deps);
  totpRoutes(router, deps);
  passkeyRoutes(router, deps);

  mount(router, deps, 'readFactors', async ({ tx, actor }) => {
    const [factors, passkeys] = [await readFactors(tx, actor.id), await listPasskeys(tx, actor.id)];
    return {
      required: await needsFactor(tx, actor),
      totp_since: factors.totpSince?.toISOString() ?? null,
      passkeys: passkeys.map(presentPasskey),
      recovery_codes_left: factors.recoveryCodes,
    };
  });

  mount(router, deps, 'makeRecoveryCodes', async ({ tx, actor: { id: employeeId } }) => {
    if (!hasFactor(await readFactors(tx, employeeId)))
      throw new AppError('conflict', 'Recovery codes come with the first second factor: set one up');
    await factorChanged(tx, 'recovery-codes-made', { employeeId });
    return { recovery_codes: await makeRecoveryCodes(tx, employeeId) };
  });

  mount(router, deps, 'resetFactors', async ({ tx, actor, params }) => {
    await resetFactors(tx, actor, params.id);
    return {};
  });
}

function signInRoutes(router: Router, deps: TokenDeps): void {
  const { refresh } = deps.secrets;

  mountOpen(router, deps, 'askSecondFactor', async ({ body, transaction }) => {
    const question = await transaction((tx) => readQuestion(tx, factorDeps(deps).site, body.challenge));
    if (!question) throw tooLate();
    return presentQuestion(question);
  });

  mountOpen(router, deps, 'giveSecondFactor', async ({ body: { challenge, ...answer }, ctx, transaction }) => {
    const given = { challenge, answer, userAgent: ctx.get('user-agent') };
    const outcome = await transaction((tx) => completeSignIn(tx, { ...factorDeps(deps), refresh }, given));
    if (outcome === 'gone') throw tooLate();
    if (typeof outcome === 'string') throw wrongFactor(outcome);
    return presentSession(ctx, deps, outcome);
  });

  mountOpen(router, deps, 'askPasskey', ({ transaction }) =>
    transaction((tx) => askPasskey(tx, factorDeps(deps).site)),
  );

  mountOpen(router, deps, 'passkeyToken', async ({ body: { challenge, passkey: assertion }, ctx, transaction }) => {
    const given = { challenge, assertion, userAgent: ctx.get('user-agent') };
    const { site } = factorDeps(deps);
    const signedIn = await transaction((tx) => signInWithPasskey(tx, { site, refresh }, given));
    if (!signedIn) throw new AppError('invalid_credentials', 'This passkey opens no account here');
    return presentSession(ctx, deps, signedIn);
  });

  mount(router, deps, 'askConfirmation', async ({ tx, actor }) =>
    presentQuestion(await askConfirmation(tx, factorDeps(deps).site, actor.id)),
  );
}

function totpRoutes(router: Router, deps: TokenDeps): void {
  const { sealing } = deps.secrets;

  mount(router, deps, 'enrolTotp', ({ tx, actor }) => enrolTotp(tx, actor, sealing));

  mount(router, deps, 'confirmTotp', async ({ tx, actor, session, body }) => ({
    recovery_codes: await confirmTotp(tx, sealing, { employeeId: actor.id, session, code: body.code }),
  }));

  mount(router, deps, 'removeTotp', async ({ tx, actor }) => {
    await removeTotp(tx, actor);
    return {};
  });
}

function passkeyRoutes(router: Router, deps: TokenDeps): void {
  mount(router, deps, 'askNewPasskey', ({ tx, actor }) => askNewPasskey(tx, actor, factorDeps(deps).site));

  mount(router, deps, 'addPasskey', async ({ tx, actor, session, body }) => {
    const given = { ...body, employeeId: actor.id, session };
    const { passkey, recoveryCodes } = await addPasskey(tx, factorDeps(deps).site, given);
    return { ...presentPasskey(passkey), recovery_codes: recoveryCodes };
  });

  mount(router, deps, 'renamePasskey', async ({ tx, actor, params, body }) =>
    presentPasskey(await renamePasskey(tx, actor, { id: params.id, name: body.name })),
  );

  mount(router, deps, 'removePasskey', async ({ tx, actor, params }) => {
    await removePasskey(tx, actor, params.id);
    return {};
  });
}

/** 401 for a factor that is not right, 429 when too many were not. */
export function wrongFactor(outcome: 'wrong' | 'limited'): AppError {
  return outcome === 'limited'
    ? new AppError('rate_limited', 'Too many wrong codes: wait an hour, or use a passkey', { retry_after: WRONG_KEPT })
    : new AppError('invalid_credentials', 'That is not right, or was used already');
}

const tooLate = () => new AppError('gone', 'That took too long: sign in again');

function presentQuestion({ challenge, methods, passkey, expiresIn }: SecondFactorQuestion) {
  return { challenge, methods, passkey, expires_in: expiresIn };
}

function presentPasskey({ id, name, backedUp, createdAt, lastUsedAt }: Passkey) {
  return {
    ...{ id, name, backed_up: backedUp },
    created_at: createdAt.toISOString(),
    last_used_at: lastUsedAt?.toISOString() ?? null,
  };
}
