import { afterAll, beforeAll } from 'vitest';
import { PATHS, type RouteName } from '../../src/contract/paths.ts';
import { freePort } from '../../src/db/embedded/free-port.ts';
import type { Role } from '../../src/tickets/lifecycle.ts';
import type { Actor } from '../support/actors.ts';
import { startTestDesk, type TestDesk } from '../support/desk.ts';
import { assistantSamples } from './samples/assistant.ts';
import { auditSamples } from './samples/audit.ts';
import { conversationSamples } from './samples/conversation.ts';
import { deskSamples } from './samples/desk.ts';
import { factorSamples } from './samples/factors.ts';
import { inboundSamples } from './samples/inbound.ts';
import { keySamples } from './samples/keys.ts';
import { articleSamples } from './samples/knowledge.ts';
import { ledgerSamples } from './samples/ledger.ts';
import { outboundSamples } from './samples/outbound.ts';
import { mailboxSamples } from './samples/mailboxes.ts';
import { peopleSamples } from './samples/people.ts';
import { profileSamples } from './samples/profile.ts';
import { settingsSamples } from './samples/settings.ts';
import { statusLinkSamples } from './samples/status-link.ts';
import { templateSamples } from './samples/templates.ts';
import { systemSamples } from './samples/system.ts';
import { ticketSamples } from './samples/tickets.ts';
import { tokenSamples } from './samples/tokens.ts';
import { WEBHOOK_ENV, webhookSamples } from './samples/webhooks.ts';
import { WORKFLOW_ENV, workflowSamples } from './samples/workflow.ts';

/** A request to a route: what stands in its path, behind it, and in its body. */
export interface Request {
  params?: Record<string, string | number>;
  query?: Record<string, string>;
  body?: unknown;
  headers?: Record<string, string>;
  /** Another caller than the one that was asked for, where a request spends its caller. */
  as?: Actor;
}

export interface World {
  desk: TestDesk;
  /** Who owns what is foreign to everybody else. */
  other: Actor;
}

/** How to call a route. Every request is made anew, as some can be made only once. */
export interface Sample {
  /** A request that succeeds for this caller, on what is their own. */
  own(world: World, me: Actor): Request | Promise<Request>;
  /** The same on what is somebody else's. Every route with a parameter in its path has one. */
  foreign?(world: World, me: Actor): Request | Promise<Request>;
  /** Who reaches that all the same; for others it does not exist. */
  reach?: readonly Role[];
  /** Why a GET leaves a trace in the database all the same. */
  writes?: string;
}

/**
 * A line for every route. The tests of permissions, bad input and answers, and the fuzz, are generated from the contract and this table: a
 * route without a line fails them all.
 */
export const SAMPLES: Partial<Record<RouteName, Sample>> = {
  ...tokenSamples,
  ...factorSamples,
  ...profileSamples,
  ...deskSamples,
  ...peopleSamples,
  ...ticketSamples,
  ...conversationSamples,
  ...statusLinkSamples,
  ...articleSamples,
  ...assistantSamples,
  ...workflowSamples,
  ...webhookSamples,
  ...settingsSamples,
  ...systemSamples,
  ...mailboxSamples,
  ...inboundSamples,
  ...ledgerSamples,
  ...outboundSamples,
  ...templateSamples,
  ...auditSamples,
  ...keySamples,
};

/**
 * Routes that are one step of a ceremony with a browser, a device or a provider: what is right and wrong there is the matter of a test of
 * their own.
 */
export const CEREMONIES: Partial<Record<RouteName, string>> = {
  passkeyToken: 'test/e2e/passkeys.system.test.ts',
  addPasskey: 'test/e2e/passkeys.system.test.ts',
  startOidc: 'test/api/oidc.desk.test.ts',
  finishOidc: 'test/api/oidc.desk.test.ts',
  linkIdentity: 'test/api/oidc.desk.test.ts',
  startGmailConsent: 'test/api/gmail.desk.test.ts',
  finishGmailConsent: 'test/api/gmail.desk.test.ts',
  gmailPush: 'test/api/gmail.desk.test.ts',
};

/** Every route that the generated tests call. */
export const SAMPLED = (Object.keys(PATHS) as RouteName[]).filter((name) => !(name in CEREMONIES));

/** A desk on which every route can be called, its drop for local mail included. */
export function useSampleDesk(): () => TestDesk {
  let started!: Awaited<ReturnType<typeof startTestDesk>>;
  let drop: { stop(): Promise<void> } | null = null;
  beforeAll(async () => {
    const port = await freePort(0);
    started = await startTestDesk({
      web: true,
      env: { SMTP_DROP_PORT: String(port), ...WORKFLOW_ENV, ...WEBHOOK_ENV },
    });
    drop = await started.desk.startDrop('127.0.0.1', port);
  });
  afterAll(async () => {
    await drop?.stop();
    await started?.stop();
  });
  return () => started.desk;
}

/** The line of a route, or a failure that says what to do. */
export function sampleOf(name: RouteName): Sample {
  const sample = SAMPLES[name];
  if (!sample)
    throw new Error(
      `The route ${name} has no sample. Add a line to a table in test/api/samples/: a request that succeeds for everybody who may call it, ` +
        `and one on an object of somebody else when its path names one.`,
    );
  return sample;
}
