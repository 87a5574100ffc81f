import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';
import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import type { Mailbox } from '../mail/mailbox.ts';
import { findPushMailbox } from '../mail/mailboxes/find-push-mailbox.ts';
import { receivePush, type Push } from '../mail/sources/http-source.ts';
import { readSecret } from '../mail/sources/mailbox-secret.ts';
import { isTimely, pushCheck, readSignedPush } from '../mail/sources/push-signature.ts';
import { SourceUnavailable } from '../mail/sources/unavailable.ts';
import { authenticate, readClaim } from '../people/authenticate.ts';
import { mountOpen, type MountDeps } from './mount.ts';

/** Mail that is pushed by HTTP. */
export function inboundRoutes(router: Router, deps: MountDeps): void {
  mountOpen(router, deps, 'pushMessage', async ({ ctx, params, transaction }) => {
    try {
      const { mailbox, check } = await transaction((tx) => admitPush(tx, deps, ctx, params.mailbox));
      const length = ctx.get('content-length');
      const announced = length === '' ? null : Number(length);
      const { id, known } = await receivePush(
        { transaction, blobs: deps.blobs, maxMessageBytes: deps.maxMessageBytes },
        { mailboxId: mailbox.id, body: ctx.req, announced, check },
      );
      return { id, duplicate: known };
    } catch (error) {
      setImmediate(() => ctx.req.resume()); // who is still writing would not see the answer otherwise
      throw error;
    }
  });
}

interface Admitted {
  mailbox: Mailbox;
  check: Push['check'];
}

/** What can be refused before the body is read. Which mailboxes there are is told to nobody who has no key. */
async function admitPush(tx: Transaction, deps: MountDeps, ctx: RouterContext, name: string): Promise<Admitted> {
  const mailbox = await findPushMailbox(tx, name);
  const check = (await isByKey(tx, deps, ctx)) ? ANY_BODY : bySignature(tx, deps, ctx, mailbox);
  if (!mailbox) throw new AppError('not_found', 'There is no mailbox of this name that takes pushed mail');
  if (!mailbox.enabled) throw new AppError('unavailable', 'The mailbox is switched off: push it again later');
  return { mailbox, check };
}

const ANY_BODY: Push['check'] = { update: () => undefined, matches: () => true };

function bySignature(tx: Transaction, deps: MountDeps, ctx: RouterContext, mailbox: Mailbox | null): Push['check'] {
  const push = readSignedPush((header) => ctx.get(header));
  if (!push)
    throw new AppError(
      'authentication_required',
      'Sign it: webhook-id, webhook-timestamp and webhook-signature (Standard Webhooks)',
    );
  if (!isTimely(push, tx.now))
    throw new AppError('invalid_credentials', 'webhook-timestamp is more than 5 minutes off: see both clocks');
  const secret = mailbox && pushSecretOf(mailbox, deps);
  if (!secret) throw new AppError('invalid_credentials', 'The signature is not one of this body');
  return pushCheck(push, secret);
}

/** undefined: none is set. */
function pushSecretOf(mailbox: Mailbox, { secrets }: MountDeps): string | undefined {
  try {
    return readSecret(mailbox, secrets.sealing).pushSecret;
  } catch (error) {
    if (!(error instanceof SourceUnavailable)) throw error;
    throw new AppError('unavailable', 'The secret of the mailbox cannot be opened: an admin has to make a new one');
  }
}

/** An API key with the scope; false: there is none, and a signature is needed. */
async function isByKey(tx: Transaction, deps: MountDeps, ctx: RouterContext): Promise<boolean> {
  const claim = readClaim(deps.secrets.accessTokens, ctx.get('authorization'));
  if (claim?.kind !== 'key') return false;
  const principal = await authenticate(tx, claim);
  if (!principal) throw new AppError('authentication_required', 'The API key is not good any more');
  if (!principal.scopes?.includes('inbound:write'))
    throw new AppError('forbidden', 'The API key needs the scope inbound:write');
  return true;
}
