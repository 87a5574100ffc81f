import { randomBytes } from 'node:crypto';
import type Router from '@koa/router';
import type { RouterContext } from '@koa/router';
import { PATHS } from '../contract/paths.ts';
import { AppError } from '../errors.ts';
import { findMailboxId } from '../mail/find-mailbox.ts';
import { wantMailbox } from '../mail/inbound/mailbox-lease.ts';
import { consentOf, keepConsent } from '../mail/mailboxes/connect-gmail.ts';
import { listMailboxes } from '../mail/mailboxes/list-mailboxes.ts';
import { finishConsent, startConsent } from '../mail/sources/gmail-consent.ts';
import { readPush, type PushRules } from '../mail/sources/gmail-push.ts';
import type { Mailbox } from '../mail/mailbox.ts';
import { CHALLENGE_MINUTES, makeChallenge, takeChallenge } from '../people/factors/challenge.ts';
import { seal, unseal } from '../secrets.ts';
import { mount, mountOpen, type MountDeps } from './mount.ts';

export interface GmailRouteDeps extends MountDeps {
  origin: () => string;
  /** Replaces Google's hosts. */
  gmailApiUrl: string | null;
  /** Who may push news; null: nobody. */
  gmailPush: PushRules | null;
}

/** The browser that began; Lax, because Google sends it back from another site. */
const COOKIE = '__Host-gmail';
/** What the page of the mailbox is told of a refusal. */
const REFUSALS: Partial<Record<string, string>> = { forbidden: 'refused', conflict: 'other-account' };
/** Where the verifier is sealed for. */
const PLACE = 'challenge:gmail-consent';

/** Consent and news of Gmail mailboxes. */
export function gmailRoutes(router: Router, deps: GmailRouteDeps): void {
  const { sealing } = deps.secrets;
  const redirectUri = () => `${deps.origin()}${PATHS.finishGmailConsent[1]}`;
  const clientOf = (mailbox: Mailbox) =>
    consentOf(mailbox, { sealing, redirectUri: redirectUri(), apiUrl: deps.gmailApiUrl });

  mount(router, deps, 'startGmailConsent', async ({ tx, actor, ctx, params: { id } }) => {
    const [mailbox] = await listMailboxes(tx.em, id);
    if (!mailbox) throw new Error('A mailbox that was found is there');
    const { client, readonly } = clientOf(mailbox);
    const state = randomBytes(32).toString('base64url');
    const { url, verifier } = await startConsent(client, { state, address: mailbox.address, readonly });
    const data = { mailbox: id, state, verifier: seal(sealing, verifier, PLACE) };
    const token = await makeChallenge(tx, 'gmail-consent', { employeeId: actor.id, data });
    setCookie(ctx, token, CHALLENGE_MINUTES['gmail-consent'] * 60);
    return { url };
  });

  mountOpen(router, deps, 'finishGmailConsent', async ({ ctx, query, transaction }) => {
    const token = ctx.cookies.get(COOKIE) ?? '';
    setCookie(ctx, '', 0);
    const asked = await transaction((tx) => takeChallenge(tx, 'gmail-consent', token));
    if (!asked || asked.employeeId === null || asked.data['state'] !== query.state)
      throw new AppError('malformed_request', 'Nothing was begun in this browser: begin the connection again');
    const { employeeId } = asked;
    const id = Number(asked.data['mailbox']);
    const back = (outcome: string) => ctx.redirect(`/mailboxes/${id}?consent=${outcome}`);
    try {
      if (!query.code) throw new AppError('forbidden', 'Google gave no access: the consent was not given');
      const [mailbox] = await transaction((tx) => listMailboxes(tx.em, id));
      if (!mailbox) throw new Error('A mailbox that was found is there');
      const verifier = unseal(sealing, String(asked.data['verifier']), PLACE);
      const consent = await finishConsent(clientOf(mailbox).client, { code: query.code, verifier });
      await transaction((tx) => keepConsent(tx, id, { consent, employeeId, sealing }));
      back('given');
    } catch (error) {
      // Whoever stands before a browser is told on the page of the mailbox.
      if (!(error instanceof AppError) || ctx.accepts('json', 'html') !== 'html') throw error;
      back(REFUSALS[error.code] ?? 'failed');
    }
    return {};
  });

  mountOpen(router, deps, 'gmailPush', async ({ ctx, body, transaction }) => {
    if (!deps.gmailPush) throw new AppError('not_found', 'No subscription is configured: set GMAIL_PUSH_EMAIL');
    const address = await readPush(ctx.get('authorization'), body, deps.gmailPush);
    if (address === null) throw new AppError('invalid_credentials', 'This is no push of our subscription');
    await transaction(async (tx) => {
      const mailboxId = await findMailboxId(tx, address);
      if (mailboxId === null) return; // told to come no more is nobody: Pub/Sub would only try again
      await wantMailbox(tx, mailboxId);
      tx.enqueue('poll-mailbox', { mailboxId });
    });
    return {};
  });
}

function setCookie(ctx: RouterContext, value: string, seconds: number): void {
  ctx.append('Set-Cookie', `${COOKIE}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; Secure; SameSite=Lax`);
}
